import { expect, test } from '@jest/globals'
import { readConfig } from './config.ts'

const least = {
  MONGO_DSN: 'sqlite:/data/dialogue.db',
  DIALOG_TOKEN: 'a token long enough',
  SERVICE_ID: 'dialogue01',
  SERVICE_HOST: 'http://127.0.0.1',
  CONSUL_DSN: 'http://consul:8500',
  QUEUE_DSN: 'local:9092',
}

test('reads the least a node needs and fills in the rest', () => {
  expect(readConfig(least)).toEqual({
    store: { kind: 'sqlite', path: '/data/dialogue.db' },
    token: 'a token long enough',
    service: { id: 'dialogue01', name: 'dialogue', host: '127.0.0.1', port: 8080 },
    listenHost: '0.0.0.0',
    consulDsn: 'consul:8500',
    queueDsn: 'local:9092',
    debug: false,
  })
})

test('reads the address of MongoDB with its database', () => {
  const config = readConfig({
    ...least,
    MONGO_DSN: 'mongodb://mongos01:27017,mongos02:27017',
    DB_NAME: 'chat',
    SERVICE_HOST: 'http://dialogue01',
    SERVICE_PORT: '8011',
    DEBUG: 'true',
  })
  expect(config.store).toEqual({
    kind: 'mongodb',
    dsn: 'mongodb://mongos01:27017,mongos02:27017',
    database: 'chat',
  })
  expect(config.service).toEqual({ id: 'dialogue01', name: 'dialogue', host: 'dialogue01', port: 8011 })
  expect(config.debug).toBe(true)
})

test.each([
  ['MONGO_DSN', 'mysql://host'],
  ['DIALOG_TOKEN', 'short'],
  ['SERVICE_ID', 'two words'],
  ['SERVICE_HOST', 'dialogue01'],
  ['SERVICE_HOST', 'http://dialogue01:8080'],
  ['SERVICE_PORT', '65536'],
  ['CONSUL_DSN', 'consul'],
  ['QUEUE_DSN', 'nowhere'],
  ['DEBUG', 'perhaps'],
])('names %s when it is malformed: %s', (name, value) => {
  expect(() => readConfig({ ...least, [name]: value })).toThrow(`${name} is malformed: `)
})

test.each(Object.keys(least))('names %s when it is missing', (name) => {
  expect(() => readConfig({ ...least, [name]: undefined })).toThrow(`${name} is missing: `)
})

test('names DB_NAME when it is missing beside an address of MongoDB', () => {
  expect(() => readConfig({ ...least, MONGO_DSN: 'mongodb://mongo' })).toThrow('DB_NAME is missing: ')
})

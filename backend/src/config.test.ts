import { expect, test } from '@jest/globals'
import { readConfig, readMigrationConfig } from './config.ts'

const secret = 'sixteen letters!'
const least = {
  JWT_SECRET: secret,
  DB_HOST: 'sqlite:data/users.db',
  BUS_DSN: 'local:9000',
  DIALOG_TOKEN: secret,
  CONSUL_DSN: 'consul:8500',
}

test('the least there must be, and what holds by default', () => {
  expect(readConfig(least)).toEqual({
    database: { kind: 'sqlite', path: 'data/users.db' },
    seedDemo: false,
    jwtSecret: secret,
    bus: { dsn: 'local:9000', topic: 'userEvents' },
    dialogue: { token: secret, name: 'dialogue', initial: [] },
    consulDsn: 'consul:8500',
    debug: false,
    host: '0.0.0.0',
    port: 8080,
    trustedProxies: [],
  })
})

test('everything there can be', () => {
  const config = readConfig({
    ...least,
    DB_HOST: 'mysql:3336',
    DB_USER: 'app',
    DB_PASSWORD: 'secret',
    DB_NAME: 'social',
    BUS_TOPIC: 'other',
    DIALOG_NAME: 'other-dialogue',
    DIALOG_HOSTS: 'dialogue01, http://dialogue02:8081/',
    DEBUG: 'true',
    SERVER_PORT: '8007',
    LISTEN_HOST: '127.0.0.1',
    SEED_DEMO: '1',
    TRUSTED_PROXY: 'frontend, ::1,10.0.0.1',
  })
  expect(config).toMatchObject({
    database: {
      kind: 'mysql',
      host: 'mysql',
      port: 3336,
      user: 'app',
      password: 'secret',
      database: 'social',
    },
    dialogue: {
      name: 'other-dialogue',
      initial: [
        { host: 'dialogue01', port: 8080 },
        { host: 'dialogue02', port: 8081 },
      ],
    },
    trustedProxies: ['frontend', '::1', '10.0.0.1'],
    seedDemo: true,
    debug: true,
    host: '127.0.0.1',
    port: 8007,
  })
})

test.each(Object.keys(least))('%s must be there', (name) => {
  expect(() => readConfig({ ...least, [name]: '' })).toThrow(`${name} is missing`)
})

test.each([
  ['JWT_SECRET', 'short'],
  ['DB_HOST', 'my sql'],
  ['DB_HOST', 'sqlite:'],
  ['BUS_DSN', 'kafka'],
  ['DIALOG_TOKEN', 'short'],
  ['DIALOG_HOSTS', 'dialogue01:x'],
  ['CONSUL_DSN', 'consul'],
  ['DEBUG', 'maybe'],
  ['SERVER_PORT', 'http'],
  ['SEED_DEMO', 'perhaps'],
  ['TRUSTED_PROXY', 'a b'],
])('%s cannot be "%s"', (name, value) => {
  expect(() => readConfig({ ...least, [name]: value })).toThrow(`${name} is malformed`)
})

test.each(['DB_USER', 'DB_PASSWORD', 'DB_NAME'])('a server needs %s', (name) => {
  const server = { ...least, DB_HOST: 'mysql', DB_USER: 'u', DB_PASSWORD: 'p', DB_NAME: 'n' }
  expect(readConfig(server).database).toMatchObject({ host: 'mysql', port: 3306 })
  expect(() => readConfig({ ...server, [name]: undefined })).toThrow(`${name} is missing`)
})

test('the migrations need the variables of the database only', () => {
  expect(readMigrationConfig({ DB_HOST: 'sqlite:x', SEED_DEMO: 'true' })).toEqual({
    database: { kind: 'sqlite', path: 'x' },
    seedDemo: true,
  })
})

import type { ServiceInstance } from '@roundtable/common/consul/service-instance'
import {
  BusDsnVar,
  ConsulDsnVar,
  FlagVar,
  ListenHostVar,
  PortVar,
  SecretVar,
} from '@roundtable/common/env-schemas'
import { ConfigError } from '@roundtable/common/errors'
import { readEnv } from '@roundtable/common/read-env'
import { z } from 'zod'
import type { DatabaseConfig } from './database/open-database.ts'

const hostHint = 'a host, host:port or sqlite:<path>'
const DbHostVar = z.string({ error: hostHint }).regex(/^(sqlite:.+|[\w.-]+(:\d{1,5})?)$/, { error: hostHint })

const commaList = (list: string): string[] =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

const NodeListVar = z
  .string()
  .default('')
  .transform((list) => commaList(list).map((item) => item.replace(/^http:\/\//, '').replace(/\/$/, '')))
  .refine((items) => items.every((item) => /^[\w.-]+(:\d{1,5})?$/.test(item)), {
    error: 'a comma list of host:port',
  })

const ProxyListVar = z
  .string()
  .default('')
  .transform(commaList)
  .refine((items) => items.every((item) => /^[\w.:-]+$/.test(item)), {
    error: 'a comma list of host names or addresses',
  })

const BackendEnv = z.object({
  JWT_SECRET: SecretVar,
  DB_HOST: DbHostVar,
  DB_USER: z.string().optional(),
  DB_PASSWORD: z.string().optional(),
  DB_NAME: z.string().optional(),
  BUS_DSN: BusDsnVar,
  BUS_TOPIC: z.string().default('userEvents'),
  DIALOG_TOKEN: SecretVar,
  DIALOG_NAME: z.string().default('dialogue'),
  DIALOG_HOSTS: NodeListVar,
  CONSUL_DSN: ConsulDsnVar,
  DEBUG: FlagVar.default(false),
  SERVER_PORT: PortVar.default(8080),
  LISTEN_HOST: ListenHostVar,
  SEED_DEMO: FlagVar.default(false),
  TRUSTED_PROXY: ProxyListVar,
})

/** What the migration program needs to know. */
export interface MigrationConfig {
  database: DatabaseConfig
  /** Whether a database made just now gets the three demo users. */
  seedDemo: boolean
}

/** All that the service learns from its environment. */
export interface Config extends MigrationConfig {
  jwtSecret: string
  bus: { dsn: string; topic: string }
  dialogue: {
    /** Sent with each request to a node. */
    token: string
    /** The name nodes register under. */
    name: string
    /** Nodes to use until the registry has named one. */
    initial: ServiceInstance[]
  }
  consulDsn: string
  debug: boolean
  host: string
  port: number
  /** Host names or addresses whose X-Forwarded-For is believed. */
  trustedProxies: string[]
}

const MigrationEnv = BackendEnv.pick({
  DB_HOST: true,
  DB_USER: true,
  DB_PASSWORD: true,
  DB_NAME: true,
  SEED_DEMO: true,
})

/**
 * The service's settings.
 * @throws ConfigError naming the first variable that is missing or malformed
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const vars = readEnv(BackendEnv, env)
  return {
    database: databaseConfig(vars),
    seedDemo: vars.SEED_DEMO,
    jwtSecret: vars.JWT_SECRET,
    bus: { dsn: vars.BUS_DSN, topic: vars.BUS_TOPIC },
    dialogue: {
      token: vars.DIALOG_TOKEN,
      name: vars.DIALOG_NAME,
      initial: vars.DIALOG_HOSTS.map(toInstance),
    },
    consulDsn: vars.CONSUL_DSN,
    debug: vars.DEBUG,
    host: vars.LISTEN_HOST,
    port: vars.SERVER_PORT,
    trustedProxies: vars.TRUSTED_PROXY,
  }
}

/**
 * The settings of the migration program: those of the database only.
 * @throws ConfigError naming the first variable that is missing or malformed
 */
export function readMigrationConfig(env: NodeJS.ProcessEnv): MigrationConfig {
  const vars = readEnv(MigrationEnv, env)
  return { database: databaseConfig(vars), seedDemo: vars.SEED_DEMO }
}

function databaseConfig(vars: z.infer<typeof MigrationEnv>): DatabaseConfig {
  if (vars.DB_HOST.startsWith('sqlite:'))
    return { kind: 'sqlite', path: vars.DB_HOST.slice('sqlite:'.length) }
  const [host = '', port = '3306'] = vars.DB_HOST.split(':')
  return {
    kind: 'mysql',
    host,
    port: Number(port),
    user: required('DB_USER', vars.DB_USER, 'the user of the database'),
    password: required('DB_PASSWORD', vars.DB_PASSWORD, "the password of the database's user"),
    database: required('DB_NAME', vars.DB_NAME, 'the name of the database'),
  }
}

function required(name: string, value: string | undefined, meaning: string): string {
  if (value === undefined) throw new ConfigError(`${name} is missing: ${meaning}`)
  return value
}

function toInstance(address: string): ServiceInstance {
  const [host = '', port = '8080'] = address.split(':')
  return { id: address, host, port: Number(port), instance: '' }
}

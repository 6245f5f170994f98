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

/** Where chats and messages are kept. */
export type StoreConfig =
  | { kind: 'mongodb'; dsn: string; database: string }
  | { kind: 'sqlite'; path: string }

/** Everything a node is told from outside. */
export interface Config {
  store: StoreConfig
  /** DIALOG_TOKEN: what the backend shows on each request. */
  token: string
  /** How the registry lists this node. */
  service: { id: string; name: string; host: string; port: number }
  listenHost: string
  /** host:port of Consul. */
  consulDsn: string
  /** `local:<port>` or a comma list of Kafka brokers. */
  queueDsn: string
  debug: boolean
}

const nameVar = (error: string) => z.string({ error }).regex(/^[\w.-]{1,64}$/, { error })

const Env = z.object({
  MONGO_DSN: z
    .string({ error: 'mongodb://… or sqlite:<path>' })
    .regex(/^(mongodb(\+srv)?:\/\/.+|sqlite:.+)$/, { error: 'mongodb://… or sqlite:<path>' }),
  DB_NAME: nameVar('the name of the database: letters, digits, _ . -').optional(),
  DIALOG_TOKEN: SecretVar,
  SERVICE_ID: nameVar('a name of this node: letters, digits, _ . -'),
  SERVICE_NAME: nameVar('the name nodes share: letters, digits, _ . -').default('dialogue'),
  SERVICE_HOST: z
    .string({ error: 'http:// and the host name others reach this node by' })
    .regex(/^http:\/\/[\w.-]+\/?$/, { error: 'http:// and the host name others reach this node by' })
    .transform((address) => new URL(address).hostname),
  SERVICE_PORT: PortVar.default(8080),
  LISTEN_HOST: ListenHostVar,
  CONSUL_DSN: ConsulDsnVar,
  QUEUE_DSN: BusDsnVar,
  DEBUG: FlagVar.default(false),
})

/**
 * Reads the environment of a node.
 * @throws ConfigError naming the first variable at fault
 */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const env = readEnv(Env, variables)
  return {
    store: storeConfig(env.MONGO_DSN, env.DB_NAME),
    token: env.DIALOG_TOKEN,
    service: { id: env.SERVICE_ID, name: env.SERVICE_NAME, host: env.SERVICE_HOST, port: env.SERVICE_PORT },
    listenHost: env.LISTEN_HOST,
    consulDsn: env.CONSUL_DSN,
    queueDsn: env.QUEUE_DSN,
    debug: env.DEBUG,
  }
}

function storeConfig(dsn: string, database: string | undefined): StoreConfig {
  if (dsn.startsWith('sqlite:')) return { kind: 'sqlite', path: dsn.slice('sqlite:'.length) }
  if (database === undefined)
    throw new ConfigError('DB_NAME is missing: the name of the database at MONGO_DSN')
  return { kind: 'mongodb', dsn, database }
}

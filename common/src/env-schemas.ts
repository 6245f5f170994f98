import { z } from 'zod'

/** A TCP port to listen on; 0 lets the system choose one. */
export const PortVar = z.coerce.number({ error: 'a port, 0-65535' }).int().min(0).max(65_535)

/** `true`/`false`, `1`/`0`, `yes`/`no`. */
export const FlagVar = z.stringbool({ error: 'true or false' })

/** The address to listen on. The services listen on all addresses unless told otherwise. */
export const ListenHostVar = z.string().default('0.0.0.0')

/** A secret the services share: long enough not to be guessed. */
export const SecretVar = z
  .string({ error: 'a secret of at least 8 characters' })
  .min(8, { error: 'a secret of at least 8 characters' })

/** host:port of Consul's HTTP API, with or without `http://`. */
export const ConsulDsnVar = z
  .string({ error: 'host:port of Consul' })
  .transform((dsn) => dsn.replace(/^http:\/\//, '').replace(/\/$/, ''))
  .refine((dsn) => /^[\w.-]+:\d{1,5}$/.test(dsn), { error: 'host:port of Consul' })

/** Where events go: `local:<port>` or a comma list of Kafka brokers, each host:port. */
export const BusDsnVar = z
  .string({ error: 'local:<port> or host:port of Kafka' })
  .regex(/^[\w.-]+:\d{1,5}(,[\w.-]+:\d{1,5})*$/, { error: 'local:<port> or host:port of Kafka' })

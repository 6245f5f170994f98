import { BusDsnVar, ConsulDsnVar, PortVar } from '@roundtable/common/env-schemas'
import { readEnv } from '@roundtable/common/read-env'
import { z } from 'zod'

const Settings = z.object({
  DATA_DIR: z.string().default('data'),
  SERVER_PORT: PortVar.default(8007),
  PAGE_PORT: PortVar.default(8008),
  DIALOGUE_PORTS: z
    .string()
    .regex(/^\d+(,\d+)*$/, { error: 'a comma list of ports' })
    .default('8009,8010')
    .transform((ports) => ports.split(',').map(Number)),
  CONSUL_DSN: ConsulDsnVar.prefault('127.0.0.1:8500'),
  BUS_DSN: BusDsnVar.default('local:8501'),
})

/** What may be changed about the embedded run. */
export interface StartSettings {
  /** Folder of databases and secrets. */
  dataDir: string
  backendPort: number
  pagePort: number
  /** One node a port: dialogue01, dialogue02, … */
  dialoguePorts: number[]
  /** host:port; the dev agent is started there when nothing that speaks Consul answers. */
  consulDsn: string
  /** `local:<port>`: a local bus is started there; or Kafka's brokers. */
  busDsn: string
}

/** @throws ConfigError naming the variable at fault */
export function readSettings(env: NodeJS.ProcessEnv): StartSettings {
  const read = readEnv(Settings, env)
  return {
    dataDir: read.DATA_DIR,
    backendPort: read.SERVER_PORT,
    pagePort: read.PAGE_PORT,
    dialoguePorts: read.DIALOGUE_PORTS,
    consulDsn: read.CONSUL_DSN,
    busDsn: read.BUS_DSN,
  }
}

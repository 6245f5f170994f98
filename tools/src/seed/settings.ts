import { readEnv } from '@roundtable/common/read-env'
import { z } from 'zod'
import type { SeedSize } from './seed-plan.ts'

const hint = 'a whole number, at least 2 users and 1 chat'
const count = (least: number, usual: number) =>
  z.coerce.number({ error: hint }).int({ error: hint }).min(least, { error: hint }).default(usual)

const Settings = z.object({
  USERS: count(2, 1_000),
  CHATS: count(1, 200),
  MESSAGES: count(0, 20_000),
  SEED: count(0, 1),
  MONGO_DSN: z.string({ error: 'mongodb://… or sqlite:<path>' }),
  DIALOGUE_DB_NAME: z.string().default('dialogue'),
})

export interface SeedSettings {
  size: SeedSize
  seed: number
  chats: { dsn: string; database: string }
}

/** @throws ConfigError naming the variable at fault */
export function readSeedSettings(env: NodeJS.ProcessEnv): SeedSettings {
  const read = readEnv(Settings, env)
  return {
    size: { users: read.USERS, chats: read.CHATS, messages: read.MESSAGES },
    seed: read.SEED,
    chats: { dsn: read.MONGO_DSN, database: read.DIALOGUE_DB_NAME },
  }
}

import { accessSync, constants } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux keeps files below it in memory. */
const memory = '/dev/shm'

/**
 * An empty folder for the data of a server that tests start: in memory where that can be had, since a disk that other
 * work keeps busy looks like a fault of the server. Data there outlives a killed process all the same.
 */
export async function makeDataFolder(name: string): Promise<string> {
  return await mkdtemp(join(isWritable(memory) ? memory : tmpdir(), `${name}-`))
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

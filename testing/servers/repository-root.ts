import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder that holds the workspaces, wherever this file was compiled to. */
export const repositoryRoot = find(import.meta.dirname)

function find(folder: string): string {
  if (existsSync(join(folder, 'package-lock.json'))) return folder
  if (folder === dirname(folder)) throw new Error('run this inside the repository')
  return find(dirname(folder))
}

import { type RunningProcess, startProcess } from './child-process.ts'

/** A mongod of the replica set rs0 that may be told to fail (its `configureFailPoint` command is on). */
export function launchMongod(folder: string, port: number): RunningProcess {
  return startProcess('mongod', [
    ...['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', 'rs0'],
    ...['--wiredTigerCacheSizeGB', '0.25', '--setParameter', 'enableTestCommands=1'],
  ])
}

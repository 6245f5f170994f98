import { type RunningProcess, startProcess } from './child-process.ts'

/** Parameters of a mongod that a set can be started with, as for its --setParameter. */
export type MongodParameters = Readonly<Record<string, string | number | boolean>>

/** A mongod of the replica set rs0 that may be told to fail (its `configureFailPoint` command is on). */
export function launchMongod(
  folder: string,
  port: number,
  parameters: MongodParameters = {},
): RunningProcess {
  return startProcess('mongod', [
    ...['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', 'rs0'],
    ...['--wiredTigerCacheSizeGB', '0.25', '--setParameter', 'enableTestCommands=1'],
    ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    ...Object.entries(parameters).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
  ])
}

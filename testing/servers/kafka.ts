import { rm } from 'node:fs/promises'
import { startProcess } from './child-process.ts'
import { freePort } from './free-port.ts'
import { makeDataFolder } from './make-data-folder.ts'
import { untilReady } from './until-ready.ts'

/** A real Kafka, one broker that is its own controller. */
export async function startKafka() {
  const [port, controllerPort] = [await freePort(), await freePort()]
  const folder = await makeDataFolder('kafka')
  const launch = () => startProcess('kafka-server', [folder, String(port), String(controllerPort)])
  let process = launch()
  const serving = () =>
    untilReady('Kafka has started', process, () => process.output().includes('Kafka Server started'))
  const close = async () => {
    process.signal('SIGKILL')
    await process.exited
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await serving()
  } catch (error) {
    await close()
    throw error
  }
  return {
    dsn: `127.0.0.1:${port}`,
    port,
    /** The one that runs now. */
    get process() {
      return process
    },
    /** Starts another one on the same data and port, once this one has ended, and waits until it serves. */
    async startAgain() {
      await process.exited
      process = launch()
      await serving()
    },
    close,
  }
}

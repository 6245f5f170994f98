import { ConfigError } from '@roundtable/common/errors'
import { type ChildService, startChild } from './child-service.ts'
import type { Variables } from './data-folder.ts'
import { waitFor } from './wait-for.ts'

/** The processes of the embedded run. */
export interface Children {
  /**
   * Starts a service and waits until it is ready.
   * @throws ConfigError when it ends or is not ready in time
   */
  start(service: {
    name: string
    script: string
    own: Variables
    isReady: () => Promise<boolean>
  }): Promise<void>
  /** Stops those named, one group after the other, those of a group at once. */
  stop(groups: readonly (readonly string[])[]): Promise<void>
}

/**
 * @param options.shared variables that every child gets
 * @param options.interrupted whether to give up waiting
 * @param options.onEnd is told of a child that ended by itself
 */
export function createChildren(options: {
  shared: NodeJS.ProcessEnv
  print: (line: string) => void
  interrupted: () => boolean
  onEnd: (name: string, how: string) => void
}): Children {
  const { shared, print, interrupted, onEnd } = options
  const services: ChildService[] = []
  let stopping = false
  const spawn = (name: string, script: string, own: Variables) =>
    startChild({ name, script, env: { ...shared, ...own }, print })

  return {
    async start({ name, script, own, isReady }) {
      if (interrupted()) return
      const service = spawn(name, script, own)
      services.push(service)
      let over = false
      void service.ended.then((how) => {
        over = true
        if (!stopping) onEnd(name, how)
      })
      const ready = await waitFor(isReady, () => over || interrupted())
      if (!ready && !interrupted()) throw new ConfigError(`${name} did not start: its last lines are above`)
    },

    async stop(groups) {
      stopping = true
      for (const group of groups) {
        await Promise.all(
          services.filter(({ name }) => group.includes(name)).map((service) => service.stop()),
        )
      }
    },
  }
}

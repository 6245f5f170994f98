import { type Arena, allNodes, type Fault } from './fault.ts'

async function endAndReturn(arena: Arena, signal: NodeJS.Signals): Promise<void> {
  const backend = arena.system.backends[1]
  backend?.process.signal(signal)
  await backend?.process.exited
  await arena.pass(arena.holdMs)
  await arena.system.startBackendAgain(1)
  await arena.untilListIs(allNodes)
}

/** Clients repeat through the other one what was not answered, with the same key. */
export const backendFaults: readonly Fault[] = [
  {
    name: 'backendKilled',
    title: 'one backend killed -9, started again',
    soak: true,
    run: (arena) => endAndReturn(arena, 'SIGKILL'),
  },
  {
    name: 'backendStopped',
    title: 'one backend stopped (SIGTERM), started again',
    soak: true,
    run: (arena) => endAndReturn(arena, 'SIGTERM'),
  },
]

import { isDeepStrictEqual } from 'node:util'
import type { Logger } from '@roundtable/common/logger'
import type { CheckDefinition, CheckStatus, ServiceDefinition } from './read-registration.ts'
import { Refusal } from './refusal.ts'
import { type CheckResult, runCheck } from './run-check.ts'

/** A check and what its last run found. */
export interface ListedCheck {
  definition: CheckDefinition
  status: CheckStatus
  output: string
  createIndex: number
  modifyIndex: number
}

/** A registered service. */
export interface ListedService {
  definition: ServiceDefinition
  checks: ListedCheck[]
  createIndex: number
  modifyIndex: number
}

/** What is registered, with its checks running. It lives in memory only: a new one is empty. */
export interface Catalog {
  /** Sorted by id. */
  list(): readonly ListedService[]
  find(id: string): ListedService | undefined
  /** Registers, in place of what holds the id. */
  put(definition: ServiceDefinition): void
  /** @returns whether it was there */
  remove(id: string): boolean
  /** The index of the last change to services of this name, 1 or more. */
  indexOf(name: string): number
  /**
   * Resolves when {@link indexOf} has passed `index`, after `waitMs`, or when aborted.
   * @throws Refusal when the catalog closes: a good answer would let the asker wait on for the index of a new one
   */
  waitBeyond(name: string, index: number, waitMs: number, signal: AbortSignal): Promise<void>
  /** Ends all checks and waits. */
  close(): void
}

interface Waiter {
  name: string
  index: number
  wake: () => void
  refuse: () => void
}

export function createCatalog(logger: Logger): Catalog {
  const services = new Map<string, ListedService>()
  const stopChecks = new Map<string, (() => void)[]>()
  const indexByName = new Map<string, number>()
  const waiters = new Set<Waiter>()
  // Beyond every index of an agent that ran here before: who still asks with one of those is answered at once.
  let lastIndex = Date.now()
  let closed = false

  function changed(name: string): number {
    const index = ++lastIndex
    indexByName.set(name, index)
    for (const waiter of waiters) {
      if (waiter.name === name && waiter.index < index) waiter.wake()
    }
    return index
  }

  function report(service: ListedService, check: ListedCheck, criticalSince: number, result: CheckResult) {
    const { id, name } = service.definition
    check.output = result.output
    if (result.status !== check.status) {
      logger.info({ id, before: check.status, output: result.output }, `${id} is ${result.status}`)
      check.status = result.status
      check.modifyIndex = changed(name)
    }
    if (result.status !== 'critical') return undefined
    const { deregisterAfterMs } = check.definition
    if (deregisterAfterMs && performance.now() - criticalSince >= deregisterAfterMs) {
      logger.info({ id }, `${id} was critical for too long`)
      remove(id)
    }
    return criticalSince
  }

  function startChecks(service: ListedService): void {
    stopChecks.set(
      service.definition.id,
      service.checks.map((check) => {
        let criticalSince: number | undefined
        return runCheck(check.definition, (result) => {
          criticalSince = report(service, check, criticalSince ?? performance.now(), result)
        })
      }),
    )
  }

  function endChecks(id: string): void {
    for (const stop of stopChecks.get(id) ?? []) stop()
    stopChecks.delete(id)
  }

  function put(definition: ServiceDefinition): void {
    const before = services.get(definition.id)
    if (before && isDeepStrictEqual(before.definition, definition)) return
    endChecks(definition.id)
    if (before && before.definition.name !== definition.name) changed(before.definition.name)
    const index = lastIndex + 1
    const service: ListedService = {
      definition,
      checks: definition.checks.map((check) => {
        // A check that stays keeps what it found, as in Consul: to register anew must not make anyone critical.
        const known = before?.checks.find((one) => one.definition.id === check.id)
        return {
          definition: check,
          status: known?.status ?? check.initialStatus,
          output: known?.output ?? '',
          createIndex: known?.createIndex ?? index,
          modifyIndex: index,
        }
      }),
      createIndex: before?.createIndex ?? index,
      modifyIndex: index,
    }
    services.set(definition.id, service)
    startChecks(service)
    const { id, name, address, port, meta } = definition
    logger.info({ id, name, address, port, meta }, `${id} registered`)
    changed(name)
  }

  function remove(id: string): boolean {
    const service = services.get(id)
    if (!service) return false
    endChecks(id)
    services.delete(id)
    logger.info({ id }, `${id} deregistered`)
    changed(service.definition.name)
    return true
  }

  const indexOf = (name: string): number => indexByName.get(name) ?? lastIndex

  return {
    list: () => [...services.values()].sort((a, b) => (a.definition.id < b.definition.id ? -1 : 1)),
    find: (id) => services.get(id),
    put,
    remove,
    indexOf,
    async waitBeyond(name, index, waitMs, signal) {
      if (closed) throw shuttingDown()
      if (signal.aborted || indexOf(name) > index) return
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          waiters.delete(waiter)
        }
        const wake = (): void => {
          leave()
          resolve()
        }
        const refuse = (): void => {
          leave()
          reject(shuttingDown())
        }
        const waiter: Waiter = { name, index, wake, refuse }
        const timer = setTimeout(wake, waitMs)
        signal.addEventListener('abort', wake)
        waiters.add(waiter)
      })
    },
    close() {
      closed = true
      for (const id of stopChecks.keys()) endChecks(id)
      for (const waiter of waiters) waiter.refuse()
    },
  }
}

function shuttingDown(): Refusal {
  return new Refusal(503, 'this agent is shutting down')
}

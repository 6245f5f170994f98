import { AppError, errorCodes } from '@roundtable/common/errors'
import type { Logger } from '@roundtable/common/logger'
import { Pool } from 'undici'
import { attempt, type Outcome } from './attempt.ts'
import type { NodeKey } from './dialogue-node.ts'
import { endsConnection, judge, type NodeAnswer, type Verdict } from './node-answer.ts'
import type { ListedNode, NodeList } from './node-list.ts'
import { RetryBudget } from './retry-budget.ts'
import { RoundRobin } from './round-robin.ts'

/** Longest time for all attempts of a request together. */
const requestTimeoutMs = 3_000
/** How long what one node says of the store excuses the others that say the same. */
const storeTroubleMs = 5_000
/** Attempts of one request, the first among them: each on a node not yet tried while there is one. */
const maxAttempts = 3

/** A request to any one of the dialogue nodes. Every inner write is idempotent, so all may be sent again. */
export interface DialogueRequest {
  method: 'GET' | 'POST' | 'PUT'
  /** With its query. */
  path: string
  body?: unknown
  /** Passed on, so that the node's log line can be found. */
  requestId: string
}

export interface DialogueClientOptions {
  nodes: NodeList
  token: string
  logger: Logger
  /** Called when a node turns suspect, or ends a connection as one that drains does: it should be probed at once. */
  onSuspect: (node: ListedNode) => void
  now?: () => number
}

type Good = Extract<Verdict, { kind: 'good' }>

/** The end of all attempts of a request. */
interface Deadline {
  readonly passed: boolean
  /** The request is settled. */
  readonly isOver: boolean
  onAbortable(abort: (why: string) => void): void
  /** Ends the attempts that are still open. */
  end(): void
}

/** Moments by node, gone with it. */
type Times = WeakMap<ListedNode['health'], number>

/**
 * Sends each request to the next healthy node, and on to another one when the first does not answer or answers
 * wrongly; of a node that is late the answer still counts when it comes first. See docs/architecture.md, 'Choosing and
 * failing'.
 */
export class DialogueClient {
  readonly #options: DialogueClientOptions
  readonly #now: () => number
  readonly #pools = new Map<NodeKey, Pool>()
  readonly #turn = new RoundRobin()
  readonly #budget = new RetryBudget()
  /** When each node last answered well: who answers wrongly is judged against the others. */
  readonly #answeredWellAt: Times = new WeakMap()
  /** When each node last answered anything: who does so is slow at worst. */
  readonly #answeredAt: Times = new WeakMap()
  /** When each node last said that the store is away. */
  readonly #storeAwayAt: Times = new WeakMap()

  constructor(options: DialogueClientOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    options.nodes.onRemoved((node) => {
      const pool = this.#pools.get(node.key)
      this.#pools.delete(node.key)
      void pool?.close()
    })
  }

  /**
   * @returns the node's answer, also one that refuses (4xx)
   * @throws AppError 5030 when nothing was stored, 5031 when a write may have been, 5032 when the store is away
   */
  async send(request: DialogueRequest): Promise<NodeAnswer> {
    this.#budget.onRequest()
    const deadline = this.#startDeadline()
    const tried = new Set<NodeKey>()
    const verdicts: Verdict[] = []
    const late: Promise<Good>[] = []
    try {
      while (verdicts.length < maxAttempts && !deadline.passed) {
        const node = this.#next(tried)
        if (!node || !this.#mayRetry(verdicts.at(-1))) break
        tried.add(node.key)
        if (verdicts.length > 0) node.counts.retries++
        const asked = this.#ask(node, request, deadline, late)
        const verdict = await (late.length > 0 ? Promise.any([asked, ...late]) : asked)
        if (verdict.kind === 'good') return verdict.answer
        verdicts.push(verdict)
      }
      const answered = await Promise.any(late).catch(() => undefined)
      if (answered) return answered.answer
    } finally {
      deadline.end()
    }
    throw lastWord(request, verdicts)
  }

  /** Retries of sent requests that may still be made at once. */
  get retryBudgetLeft(): number {
    return this.#budget.left
  }

  /** How many nodes a request may go to now. */
  get eligibleNodes(): number {
    const now = this.#now()
    return this.#options.nodes.nodes.filter((node) => node.health.isEligible(now)).length
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()))
    this.#pools.clear()
  }

  /** @param late is given what an attempt becomes that is late: rejected unless the node answers well */
  async #ask(
    node: ListedNode,
    request: DialogueRequest,
    deadline: Deadline,
    late: Promise<Good>[],
  ): Promise<Verdict> {
    node.health.chosen()
    node.counts.requests++
    const askedAt = this.#now()
    const outcome = await attempt(this.#pool(node), this.#dispatchOptions(request), deadline.onAbortable)
    const verdict = judge(outcome)
    if (deadline.isOver) {
      // It was ended because another one has answered: that tells nothing of this node.
      node.health.excused()
      return verdict
    }
    // The answer itself counts as any other: only the node's own word makes it a draining one.
    if (endsConnection(outcome)) this.#options.onSuspect(node)
    this.#learn(node, verdict, askedAt)
    if (verdict.kind === 'good') return verdict
    node.counts.failures++
    this.#options.logger.debug(
      { reqId: request.requestId, node: node.id, why: verdict.why },
      'attempt failed',
    )
    if (outcome.kind === 'failure' && outcome.later) late.push(goodOf(outcome.later))
    return verdict
  }

  #next(tried: ReadonlySet<NodeKey>): ListedNode | undefined {
    const now = this.#now()
    const { nodes } = this.#options.nodes
    const untried = (node: ListedNode) => !tried.has(node.key)
    return (
      this.#turn.take(nodes, (node) => untried(node) && node.health.isEligible(now)) ??
      // Nobody else is there: then the one whose trial is under way gets more than that,
      this.#turn.take(nodes, (node) => untried(node) && node.health.state.kind === 'healthy') ??
      // and one that failed this request gets it again: it may only have been short of time.
      this.#turn.take(nodes, (node) => node.health.isEligible(now))
    )
  }

  /** What was surely never sent is free to go elsewhere; what may have been sent draws on the budget. */
  #mayRetry(last: Verdict | undefined): boolean {
    if (last === undefined) return true
    if (last.kind === 'silent' && !last.sent) return true
    return this.#budget.tryTake()
  }

  #learn(node: ListedNode, verdict: Verdict, askedAt: number): void {
    // One that has left meanwhile changes its state no more.
    if (!this.#options.nodes.nodes.some((listed) => listed.health === node.health)) return
    const now = this.#now()
    if (verdict.kind !== 'silent') this.#answeredAt.set(node.health, now)
    if (verdict.kind === 'good') {
      this.#answeredWellAt.set(node.health, now)
      node.health.answeredWell()
    } else if (verdict.kind === 'silent') {
      // It has answered others meanwhile: it is slow, not gone, and may be the only one left.
      if (verdict.late && (this.#answeredAt.get(node.health) ?? Number.NEGATIVE_INFINITY) > askedAt) return
      // Many time-outs at once may be a stall of this very process: they count once, and never against the last node.
      const counts = !node.health.needsProbe && this.#othersServe(node, now)
      const othersAnsweredAt = counts
        ? this.#latestOfOthers(this.#answeredWellAt, node)
        : Number.NEGATIVE_INFINITY
      if (node.health.didNotAnswer(now, verdict.why, othersAnsweredAt)) this.#options.onSuspect(node)
    } else if (this.#isTroubleOfStore(node, verdict, now)) {
      node.health.excused()
    } else {
      node.health.answeredWrongly(now, verdict.why, this.#latestOfOthers(this.#answeredWellAt, node))
    }
  }

  #othersServe(node: ListedNode, now: number): boolean {
    return this.#options.nodes.nodes.some((other) => other.key !== node.key && other.health.isEligible(now))
  }

  /** A store that is away, or a part of it, is no fault of a node when others say the same. */
  #isTroubleOfStore(node: ListedNode, verdict: Verdict & { kind: 'wrong' }, now: number): boolean {
    if (verdict.error?.code !== errorCodes.storeAway) return false
    this.#storeAwayAt.set(node.health, now)
    return this.#latestOfOthers(this.#storeAwayAt, node) >= now - storeTroubleMs
  }

  #latestOfOthers(times: Times, node: ListedNode): number {
    const others = this.#options.nodes.nodes.filter((other) => other.key !== node.key)
    return Math.max(...others.map((other) => times.get(other.health) ?? Number.NEGATIVE_INFINITY))
  }

  #pool(node: ListedNode): Pool {
    const known = this.#pools.get(node.key)
    if (known) return known
    const pool = new Pool(`http://${node.key}`, {
      // No limit: a request that waits in a queue of ours would be counted against the node.
      connections: null,
      headersTimeout: 0,
      bodyTimeout: 0,
      // Shorter than the server's, so that no request meets a connection that is being closed.
      keepAliveTimeout: 10_000,
      keepAliveMaxTimeout: 30_000,
    })
    this.#pools.set(node.key, pool)
    return pool
  }

  #dispatchOptions(request: DialogueRequest) {
    const headers = { authorization: this.#options.token, 'x-request-id': request.requestId }
    if (request.body === undefined) return { method: request.method, path: request.path, headers }
    return {
      method: request.method,
      path: request.path,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(request.body),
    }
  }

  #startDeadline(): Deadline {
    const aborts: ((why: string) => void)[] = []
    const abortAll = (why: string): void => {
      for (const abort of aborts) abort(why)
    }
    const deadline = {
      passed: false,
      isOver: false,
      onAbortable: (abort: (why: string) => void) => void aborts.push(abort),
      end: () => {
        deadline.isOver = true
        clearTimeout(timer)
        abortAll('another node has answered')
      },
    }
    const timer = setTimeout(() => {
      deadline.passed = true
      abortAll('deadline passed')
    }, requestTimeoutMs)
    return deadline
  }
}

/**
 * A late answer, if it is a good one. Of the node's health it tells nothing: one that is always late would never be
 * ejected.
 */
function goodOf(later: Promise<Outcome>): Promise<Good> {
  const good = later.then((outcome) => {
    const verdict = judge(outcome)
    if (verdict.kind !== 'good') throw new Error(verdict.why)
    return verdict
  })
  // Nobody may be waiting for it any more.
  good.catch(() => {})
  return good
}

/** The honest last word: what the caller may believe of a request that nobody answered well. */
function lastWord(request: DialogueRequest, verdicts: readonly Verdict[]): AppError {
  const isWrite = request.method !== 'GET'
  const maybeStored = verdicts.some((verdict) =>
    verdict.kind === 'silent' ? verdict.sent : verdict.kind === 'wrong' && verdict.stored === 'maybe',
  )
  if (isWrite && maybeStored) {
    return new AppError(
      errorCodes.outcomeUnknown,
      'it is not known whether this was stored: send it again with the same Idempotency-Key, or read first if it had none',
    )
  }
  const storeAway = verdicts.some(
    (verdict) => verdict.kind === 'wrong' && verdict.error?.code === errorCodes.storeAway,
  )
  if (storeAway) return new AppError(errorCodes.storeAway, 'the store is away: nothing was stored, try again')
  return new AppError(errorCodes.nobodyServes, 'nobody can serve this now: nothing was stored, try again')
}

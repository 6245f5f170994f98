/** Requests of one kind, sent over and over. */
export interface LoadPlan {
  /** http://host:port */
  url: string
  method: 'GET' | 'POST'
  /** One is taken at random for each request; with its query. */
  paths: readonly string[]
  headers: Readonly<Record<string, string>>
  /** Of a POST, one for each path; `{id}` becomes a new resource id in each request. */
  bodies?: readonly string[]
}

/** How it is sent. */
export interface LoadShape {
  connections: number
  seconds: number
}

/** What came of it. */
export interface LoadResult {
  /** Requests answered. */
  requests: number
  requestsPerS: number
  p50Ms: number
  p99Ms: number
  /** Answers other than 2xx, and connections that failed. */
  failed: number
}

/** Where a request's body takes a new id. */
export const idMark = '{id}'

/** A node in GET /v1/topology. */
export interface ToldNode {
  id: string
  state: string
  listed: boolean
  requests: number
  failures: number
  retries: number
}

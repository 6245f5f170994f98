/** One healthy node, as the registry lists it. */
export interface ServiceInstance {
  /** SERVICE_ID */
  id: string
  /** Host name or address, without a scheme. */
  host: string
  port: number
  /** Meta.instance: differs with each start of the node; empty when the registration tells none. */
  instance: string
}

/** What a node says of itself when it registers. */
export interface ServiceDescription extends ServiceInstance {
  /** SERVICE_NAME: what the backend looks for. */
  name: string
}

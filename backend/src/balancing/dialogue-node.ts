/** host:port, by which nodes are told apart: two registrations of one address are one node. */
export type NodeKey = string

export function nodeKey(address: { host: string; port: number }): NodeKey {
  return `${address.host}:${address.port}`
}

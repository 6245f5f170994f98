import type { ServiceInstance } from '@roundtable/common/consul/service-instance'

/** host:port, by which nodes are told apart: two registrations of one address are one node. */
export type NodeKey = string

export function nodeKey(address: { host: string; port: number }): NodeKey {
  return `${address.host}:${address.port}`
}

/**
 * The nodes of DIALOG_HOSTS, known by address only.
 * @param hosts each `host` or `host:port`, with or without `http://`; the port is 8080 when not given
 */
export function nodesFromHosts(hosts: readonly string[]): ServiceInstance[] {
  return hosts.map((entry) => {
    const [host = '', port = '8080'] = entry.replace(/^http:\/\//, '').split(':')
    return { id: `${host}:${port}`, host, port: Number(port), instance: '' }
  })
}

import type { ListedCheck, ListedService } from './catalog.ts'

const node = 'dev-agent'

/** One of https://developer.hashicorp.com/consul/api-docs/agent/service#list-services */
export function agentService({ definition }: ListedService): object {
  const { id, name, tags, meta, address, port } = definition
  return {
    ID: id,
    Service: name,
    Tags: tags,
    Meta: meta,
    Port: port,
    Address: address,
    Weights: { Passing: 1, Warning: 1 },
    EnableTagOverride: false,
  }
}

/** One of https://developer.hashicorp.com/consul/api-docs/health#list-service-instances-for-service */
export function healthEntry(service: ListedService): object {
  const { createIndex, modifyIndex, checks } = service
  return {
    Node: {
      ID: '00000000-0000-0000-0000-000000000001',
      Node: node,
      Address: '127.0.0.1',
      Datacenter: 'dc1',
      TaggedAddresses: { lan: '127.0.0.1', wan: '127.0.0.1' },
      Meta: {},
      CreateIndex: 1,
      ModifyIndex: 1,
    },
    Service: { ...agentService(service), CreateIndex: createIndex, ModifyIndex: modifyIndex },
    Checks: checks.map((check) => healthCheck(service, check)),
  }
}

function healthCheck(service: ListedService, check: ListedCheck): object {
  const { id, name, tags } = service.definition
  return {
    Node: node,
    CheckID: check.definition.id,
    Name: check.definition.name,
    Status: check.status,
    Notes: check.definition.notes,
    Output: check.output,
    ServiceID: id,
    ServiceName: name,
    ServiceTags: tags,
    Type: 'http',
    Definition: {},
    CreateIndex: check.createIndex,
    ModifyIndex: check.modifyIndex,
  }
}

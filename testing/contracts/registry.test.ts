import { describe } from '@jest/globals'
import { describeWith } from '../servers/needs.ts'
import { registrySuite } from './registry.ts'
import { startDevAgent, startRealConsul } from './registry-servers.ts'

describe('the registry, on the dev agent', () => {
  registrySuite(startDevAgent)
})

describeWith('consul', 'the registry, on real Consul', () => {
  registrySuite(startRealConsul)
})

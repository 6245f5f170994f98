const swc = [
  '@swc/jest',
  { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
]

const project = (name, roots) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  roots,
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  transform: {
    '\\.ts$': swc,
    // These two are ESM only, yet required by CommonJS code inside Fastify: Node 20 under jest cannot do that.
    'node_modules/(cookie|content-disposition)/.*\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!(cookie|content-disposition)/)'],
})

/** One project a workspace; the suites under testing/ start real services. */
export default {
  projects: [
    project('common', ['<rootDir>/common/src']),
    project('backend', ['<rootDir>/backend/src']),
    project('dialogue', ['<rootDir>/dialogue/src']),
    project('frontend', ['<rootDir>/frontend/src']),
    project('tools', ['<rootDir>/tools/src']),
    project('testing', ['<rootDir>/testing']),
  ],
  reporters: ['default', '<rootDir>/testing/skipped-reporter.mjs'],
  testTimeout: 60_000,
}

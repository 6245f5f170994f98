/** The walls between the rooms: see docs/architecture.md. */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'backend-stays-in-backend-and-common',
      severity: 'error',
      from: { path: '^backend/' },
      to: { path: '^(dialogue|frontend|tools|testing)/' },
    },
    {
      name: 'dialogue-stays-in-dialogue-and-common',
      severity: 'error',
      from: { path: '^dialogue/' },
      to: { path: '^(backend|frontend|tools|testing)/' },
    },
    {
      name: 'frontend-imports-npm-only',
      severity: 'error',
      from: { path: '^frontend/' },
      to: { path: '^(backend|dialogue|common|tools|testing)/' },
    },
    {
      name: 'common-imports-npm-only',
      severity: 'error',
      from: { path: '^common/' },
      to: { path: '^(backend|dialogue|frontend|tools|testing)/' },
    },
    {
      name: 'nothing-imports-tools-or-testing',
      severity: 'error',
      from: { pathNot: '^(tools|testing)/' },
      to: { path: '^(tools|testing)/' },
    },
    {
      name: 'only-main-knows-the-environment',
      comment: 'a store is chosen in main.ts; an app or a feature never opens one',
      severity: 'error',
      from: { path: '^(backend|dialogue)/src/(app|[^/]+/(routes|service))\\.ts$' },
      to: { path: '(mongo|sqlite|mysql|sql)-store\\.ts$' },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
    },
  },
}

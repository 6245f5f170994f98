/** The closing lines of a run: which servers were missing for what was skipped, and the plain count. */
export default class SkippedReporter {
  onRunComplete(_contexts, results) {
    const missing = new Set()
    for (const file of results.testResults) {
      for (const test of file.testResults) {
        if (test.status !== 'pending') continue
        const title = [...test.ancestorTitles, test.title].join(' ')
        const needs = [...title.matchAll(/\[needs ([\w-]+)\]/g)].map(([, command]) => command)
        for (const command of needs.length > 0 ? needs : ['a test switched off by hand']) missing.add(command)
      }
    }
    const skipped = results.numPendingTests + results.numTodoTests
    if (skipped > 0)
      process.stdout.write(`Skipped ${skipped} tests, not installed here: ${[...missing].join(', ')}\n`)
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`)
  }
}

/** The closing lines of a run: which servers were missing for what was skipped, and the plain count. */
export default class SkippedReporter {
  onRunComplete(_contexts, results) {
    const missing = new Set()
    for (const file of results.testResults) {
      for (const test of file.testResults) {
        if (test.status !== 'pending') continue
        const needs = [...test.ancestorTitles, test.title].join(' ').match(/\[needs ([\w-]+)\]/)
        missing.add(needs ? needs[1] : 'a test switched off by hand')
      }
    }
    const skipped = results.numPendingTests + results.numTodoTests
    if (skipped > 0)
      process.stdout.write(`Skipped ${skipped} tests, not installed here: ${[...missing].join(', ')}\n`)
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`)
  }
}

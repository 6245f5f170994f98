import { afterEach, expect, jest, test } from '@jest/globals'

// Not a literal: it has no types.
const reporter: string = './skipped-reporter.mjs'

afterEach(() => void jest.restoreAllMocks())

/** What is written at the end of a run in which tests of these names were skipped. */
async function closingLines(...skipped: (readonly string[])[]): Promise<string> {
  const { default: SkippedReporter } = await import(reporter)
  const testResults = skipped.map((names) => ({
    status: 'pending',
    ancestorTitles: names.slice(0, -1),
    title: names.at(-1),
  }))
  const counts = { numPassedTests: 5, numFailedTests: 0, numRuntimeErrorTestSuites: 0, numTodoTests: 0 }
  let written = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += text
    return true
  })
  const results = { testResults: [{ testResults }], numPendingTests: skipped.length, ...counts }
  new SkippedReporter().onRunComplete([], results)
  return written
}

test('all servers that are missing are named, each once', async () => {
  expect(
    await closingLines(
      ['faults [needs consul]', 'events [needs kafka-server]', 'a test'],
      ['users', 'a test [needs mariadbd]'],
      ['events [needs kafka-server]', 'a test'],
    ),
  ).toBe(
    'Skipped 3 tests, not installed here: consul, kafka-server, mariadbd\n5 passed, 0 failed, 3 skipped\n',
  )
})

test('a test that was switched off by hand is named so', async () => {
  expect(await closingLines(['users', 'a test'])).toContain(
    'not installed here: a test switched off by hand\n',
  )
})

test('where nothing was skipped only the count is told', async () => {
  expect(await closingLines()).toBe('5 passed, 0 failed, 0 skipped\n')
})

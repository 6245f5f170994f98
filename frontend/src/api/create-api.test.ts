import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createApi } from './create-api.ts'

const { fetch } = globalThis
let silences: number

/** A server that cannot be reached. */
beforeEach(() => {
  silences = 0
  globalThis.fetch = () => Promise.reject(new TypeError('Failed to fetch'))
})
afterEach(() => {
  globalThis.fetch = fetch
})

const api = () => createApi({ token: 't', onSessionEnd: () => {}, onSilence: () => silences++ })

test('a request without an answer is told of', async () => {
  await expect(api().topology()).rejects.toMatchObject({ code: 0 })
  expect(silences).toBe(1)
})

test('one that was called off is not', async () => {
  await expect(api().topology(AbortSignal.abort())).rejects.toMatchObject({ code: 0 })
  expect(silences).toBe(0)
})

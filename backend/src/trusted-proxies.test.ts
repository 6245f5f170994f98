import { expect, test } from '@jest/globals'
import { createLogger } from '@roundtable/common/logger'
import { followTrustedProxies } from './trusted-proxies.ts'

const logger = createLogger('test').child({}, { level: 'silent' })

test('addresses are believed as they are, also when they come as IPv6', async () => {
  const proxies = await followTrustedProxies(['192.0.2.1', '::1'], logger)
  expect(proxies.isTrusted('192.0.2.1')).toBe(true)
  expect(proxies.isTrusted('::ffff:192.0.2.1')).toBe(true)
  expect(proxies.isTrusted('::1')).toBe(true)
  expect(proxies.isTrusted('192.0.2.2')).toBe(false)
  proxies.close()
})

test('nobody is believed when nobody is named', async () => {
  const proxies = await followTrustedProxies([], logger)
  expect(proxies.isTrusted('127.0.0.1')).toBe(false)
  proxies.close()
})

test('a name is believed at the addresses it has now', async () => {
  const proxies = await followTrustedProxies(['localhost'], logger)
  expect(proxies.isTrusted('127.0.0.1') || proxies.isTrusted('::1')).toBe(true)
  proxies.close()
})

test('the addresses of a name are looked up again; a name server that is away changes nothing', async () => {
  const failure = (code: string) => Object.assign(new Error(code), { code })
  let answer: string[] | Error = ['10.0.0.1']
  const resolve = async () => {
    if (answer instanceof Error) throw answer
    return answer
  }
  const proxies = await followTrustedProxies(['frontend'], logger, { resolve, refreshMs: 5 })
  const trusts = async (address: string, expected: boolean) => {
    while (proxies.isTrusted(address) !== expected) await new Promise((next) => setTimeout(next, 5))
  }
  expect(proxies.isTrusted('10.0.0.1')).toBe(true)
  answer = ['10.0.0.2']
  await trusts('10.0.0.2', true)
  expect(proxies.isTrusted('10.0.0.1')).toBe(false)
  let asked = 0
  answer = failure('EAI_AGAIN')
  while (asked++ < 10) await new Promise((next) => setTimeout(next, 5))
  expect(proxies.isTrusted('10.0.0.2')).toBe(true)
  answer = failure('ENOTFOUND')
  await trusts('10.0.0.2', false)
  proxies.close()
})

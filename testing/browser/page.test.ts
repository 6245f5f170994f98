import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { callApi, signIn as signInByApi } from '../constellation/api-user.ts'
import { type Constellation, startConstellation } from '../constellation/start-constellation.ts'
import { describeWith } from '../servers/needs.ts'
import { launchBrowser } from './launch-browser.ts'
import { startPageServer } from './start-page-server.ts'

const desktop = { viewport: { width: 1280, height: 800 } }
const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  colorScheme: 'dark',
} as const

/** To look at after a run. */
const pictures = join(tmpdir(), 'roundtable-tests')

describeWith('chromium', 'the page', () => {
  let system: Constellation
  let site: Awaited<ReturnType<typeof startPageServer>>
  let browser: Browser
  /** What went wrong inside the pages: a script that failed, a source that the content policy refused. */
  const faults: string[] = []

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true })
    system = await startConstellation()
    site = await startPageServer(system.backends[0]?.url ?? '')
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
    await system?.close()
  })

  async function open(options: BrowserContextOptions): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage()
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) faults.push(message.text())
    })
    await page.goto(site.url)
    return page
  }

  async function signIn(page: Page, username: string): Promise<void> {
    await page.getByLabel('User name').fill(username)
    await page.getByLabel('Password', { exact: true }).fill('1234567890')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
  }

  async function write(page: Page, text: string): Promise<void> {
    await page.getByLabel('Message', { exact: true }).fill(text)
    await page.getByRole('button', { name: 'Send' }).click()
  }

  const bubbles = (page: Page) => page.getByRole('list', { name: 'Messages' }).locator('.bubble')

  test('what the API refuses is said beside the form', async () => {
    const page = await open(desktop)
    await page.getByLabel('User name').fill('tester')
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    expect(await page.getByRole('alert').textContent()).toBe('wrong user name or password')
    await page.context().close()
  })

  test('signs up, after what was wrong is mended', async () => {
    const page = await open(phone)
    const signUp = page.getByRole('button', { name: 'Sign up' })
    await page.getByRole('button', { name: 'Create an account' }).click()
    await page.getByLabel('User name').fill('newcomer')
    await page.getByLabel('Password', { exact: true }).fill('long enough')
    await signUp.click()
    await page.getByRole('alert').filter({ hasText: 'gender' }).waitFor()
    await page.getByLabel('female').check()
    await signUp.click()
    await page.getByRole('alert').filter({ hasText: 'passwordConfirm' }).waitFor()
    await page.getByLabel('Password once more').fill('long enough')
    await signUp.click()
    await page.getByText('No chats yet').waitFor()
    await page.context().close()
  })

  test('two users find each other, write and read, on a desktop and on a phone', async () => {
    const tester = await open(desktop)
    await signIn(tester, 'tester')
    await tester.getByRole('button', { name: 'New chat' }).click()
    await tester.getByLabel('Name or id').fill('Wil')
    await tester
      .getByRole('list', { name: 'Users found' })
      .getByRole('button', { name: /Roger Wilco/ })
      .click()
    await tester.getByRole('button', { name: 'Start chat' }).click()
    await tester.getByRole('heading', { name: 'Roger Wilco' }).waitFor()
    await write(tester, 'Hi <b>there</b> & مرحبا')

    const janitor = await open(phone)
    await signIn(janitor, 'janitor')
    await janitor.getByRole('link', { name: /Test Testov/ }).click()
    await janitor.getByText('Hi <b>there</b> & مرحبا').waitFor()
    await write(janitor, 'Hi yourself')
    await tester.getByText('Hi yourself').waitFor()

    expect(await bubbles(tester).allTextContents()).toEqual(['Hi <b>there</b> & مرحبا', 'Hi yourself'])
    expect(await janitor.evaluate('document.documentElement.scrollWidth')).toBe(phone.viewport.width)
    await tester.screenshot({ path: join(pictures, 'desktop.png') })
    await janitor.screenshot({ path: join(pictures, 'phone.png') })

    await janitor.getByRole('button', { name: 'Sign out' }).click()
    await janitor.getByRole('button', { name: 'Sign in' }).waitFor()
    await tester.reload()
    await tester.getByText('Hi yourself').waitFor()
    await Promise.all([tester.context().close(), janitor.context().close()])
  })

  test('a message whose answer is lost is sent again with the same key and is there once', async () => {
    const page = await open(desktop)
    await signIn(page, 'madscie')
    await page.getByRole('button', { name: 'New chat' }).click()
    await page.getByLabel('Name or id').fill('1')
    await page.getByRole('button', { name: /Roger Wilco/ }).click()
    await page.getByRole('button', { name: 'Start chat' }).click()
    await page.getByRole('heading', { name: 'Roger Wilco' }).waitFor()

    const keys: (string | undefined)[] = []
    await page.route('**/v1/chats/*/messages', async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      keys.push(route.request().headers()['idempotency-key'])
      if (keys.length > 1) return route.continue()
      // The API has stored it; the answer never arrives.
      await route.fetch()
      return route.abort()
    })
    await write(page, 'once')
    await page.locator('.message time').first().waitFor()
    expect(await bubbles(page).allTextContents()).toEqual(['once'])
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    await page.getByText('Not confirmed yet').waitFor({ state: 'detached' })
    await page.reload()
    await page.getByText('once').waitFor()
    expect(await bubbles(page).allTextContents()).toEqual(['once'])
    expect(new Set(keys).size).toBe(1)
    await page.context().close()
  })

  test('a session that was ended elsewhere is said so; signed in again, one is where one was', async () => {
    const madscie = await signInByApi(site.url, 'madscie')
    const { body } = await madscie.call('POST', '/v1/chats', { users: [3] })
    await madscie.call('POST', `/v1/chats/${body.id}/messages`, { txt: 'still here' })
    const page = await open(desktop)
    await signIn(page, 'madscie')
    await page.goto(`${site.url}/#/chats/${body.id}`)
    await page.getByText('still here').waitFor()
    const token = await page.evaluate("JSON.parse(localStorage.getItem('roundtable.session')).token")
    await callApi(site.url, 'POST', '/v1/auth/sign-out', { headers: { authorization: `Bearer ${token}` } })
    await page.getByText('Your session has ended').waitFor()
    await signIn(page, 'madscie')
    await page.getByText('still here').waitFor()
    await page.context().close()
  })

  test('older messages are loaded on demand and the place is kept', async () => {
    const madscie = await signInByApi(site.url, 'madscie')
    const cid: string = (await madscie.call('POST', '/v1/chats', { users: [3] })).body.id
    for (let n = 1; n <= 120; n++)
      await madscie.call('POST', `/v1/chats/${cid}/messages`, { txt: `number ${n}` })
    const page = await open(desktop)
    await signIn(page, 'madscie')
    await page.goto(`${site.url}/#/chats/${cid}`)
    await page.getByText('number 120').waitFor()
    expect(await bubbles(page).count()).toBe(50)
    for (const count of [100, 120]) {
      await page.getByRole('button', { name: 'Load older messages' }).click()
      await bubbles(page)
        .nth(count - 1)
        .waitFor()
    }
    expect(await bubbles(page).allTextContents()).toEqual(
      Array.from({ length: 120 }, (_, index) => `number ${index + 1}`),
    )

    await page.context().close()
  })

  test('nothing failed inside the pages, and the content policy held', () => expect(faults).toEqual([]))
})

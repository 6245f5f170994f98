import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { signIn as signInByApi } from '../constellation/api-user.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { bubbles, goTo, isLive, openChatWith, signIn, write } from './page-actions.ts'
import { desktop, phone, type Site, startSite } from './start-site.ts'

describeWith('chromium', 'the page while something is broken', () => {
  let site: Site

  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site?.close())

  test('one writes without a network, the other goes on; both end alike', async () => {
    const [tester, janitor] = await Promise.all([site.open(desktop), site.open(phone)])
    await signIn(tester, 'tester')
    await openChatWith(tester, 'Wil', 'Roger Wilco')
    await write(tester, 'before')
    await signIn(janitor, 'janitor')
    await janitor.getByRole('link', { name: /Test Testov/ }).click()
    await bubbles(janitor).filter({ hasText: 'before' }).waitFor()

    await janitor.context().setOffline(true)
    await janitor.getByText('No network').waitFor()
    await write(janitor, 'written without a network')
    await bubbles(janitor).filter({ hasText: 'written without a network' }).waitFor()
    await write(tester, 'first')
    await write(tester, 'second')
    await waitUntil('both are stored', async () => (await bubbles(tester).count()) === 3)
    await janitor.context().setOffline(false)
    await isLive(janitor)

    const texts = ['before', 'first', 'second', 'written without a network']
    for (const page of [tester, janitor]) {
      await waitUntil('all are there', async () => (await bubbles(page).count()) === texts.length)
      expect((await bubbles(page).allTextContents()).slice(0, 3)).toEqual(texts.slice(0, 3))
    }
    await waitUntil('it is acknowledged', async () => (await janitor.locator('.outgoing').count()) === 0)
    expect(await bubbles(janitor).allTextContents()).toEqual(texts)
    expect(await bubbles(tester).allTextContents()).toEqual(texts)
    await Promise.all([tester.context().close(), janitor.context().close()])
  })

  test('what was written without a network is sent after the page was left and opened again', async () => {
    const page = await site.open(desktop)
    await signIn(page, 'madscie')
    await openChatWith(page, 'Test', 'Test Testov')
    await page.route('**/v1/chats/*/messages', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    )
    await write(page, 'kept')
    await page.getByText('Not confirmed yet').waitFor()
    page.on('dialog', (dialog) => void dialog.accept())
    await page.reload()
    await page.getByText('Not confirmed yet').waitFor()
    await page.unrouteAll()
    await page.locator('.message:not(.outgoing)').filter({ hasText: 'kept' }).waitFor()
    expect(await bubbles(page).allTextContents()).toEqual(['kept'])
    await page.context().close()
  })

  test('a node is killed: the chat goes on, and the topology shows it', async () => {
    const tester = await site.open(desktop)
    await signIn(tester, 'tester')
    await openChatWith(tester, 'Sludge', 'Sludge Vohaul')
    const watcher = await site.open({ ...desktop, viewport: { width: 1280, height: 960 } })
    await signIn(watcher, 'janitor')
    await goTo(watcher, 'Topology')
    const cards = watcher.getByRole('region', { name: 'Dialogue nodes' }).getByRole('listitem')
    await waitUntil(
      'both nodes are healthy',
      async () => (await cards.filter({ hasText: 'healthy' }).count()) === 2,
    )

    const madscie = await signInByApi(site.url, 'madscie')
    const readAlong = async (): Promise<void> => {
      await Promise.all(Array.from({ length: 10 }, () => madscie.call('GET', '/v1/chats')))
    }
    const happened = watcher.getByRole('region', { name: 'What happened' })
    site.system.nodes.get('dialogue02')?.process.signal('SIGKILL')
    for (let n = 1; n <= 5; n++) {
      await write(tester, `message ${n}`)
      await readAlong()
    }
    await waitUntil('the page tells of the node', async () => {
      await readAlong()
      return /dialogue02 is (ejected|suspect|gone)/.test((await happened.textContent()) ?? '')
    })
    await waitUntil('its requests go to the other', async () => {
      await readAlong()
      const texts = await cards.allTextContents()
      return texts.some((text) => /^dialogue01.*[1-9][\d.,]*\/s/.test(text))
    })
    await site.picture(watcher, 'topology-node-killed')
    await waitUntil('all is acknowledged', async () => (await tester.locator('.outgoing').count()) === 0)
    expect(await bubbles(tester).allTextContents()).toEqual([1, 2, 3, 4, 5].map((n) => `message ${n}`))

    await site.system.startNode('dialogue02')
    await waitUntil('it is back', async () => (await cards.filter({ hasText: 'healthy' }).count()) === 2)
    await Promise.all([tester.context().close(), watcher.context().close()])
  })

  test('the backend goes away: the page says so, and is live again by itself', async () => {
    const page = await site.open(desktop)
    await signIn(page, 'tester')
    const [backend] = site.system.backends
    backend?.process.signal('SIGKILL')
    await page
      .getByRole('status')
      .filter({ hasText: /Reconnecting|Connecting/ })
      .waitFor()
    await site.system.startBackendAgain(0)
    await isLive(page)
    await page.context().close()
  })

  test('nothing failed inside the pages, and the content policy held', () => expect(site.faults).toEqual([]))
})

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { signIn as signInByApi } from '../constellation/api-user.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { builtScripts, scriptsOf } from './loaded-scripts.ts'
import { bubbles, goTo, isLive, openChatWith, signIn, write } from './page-actions.ts'
import { desktop, phone, type Site, startSite } from './start-site.ts'

/** Asks again and again, a few at a time, until it is stopped; then tells of all answers that were no good ones. */
function startReaders(ask: () => Promise<{ status: number }>) {
  let isStopped = false
  const failures: number[] = []
  const read = async (): Promise<void> => {
    while (!isStopped) {
      const { status } = await ask()
      if (status !== 200) failures.push(status)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  const readers = Promise.all(Array.from({ length: 6 }, read))
  return {
    async stop(): Promise<number[]> {
      isStopped = true
      await readers
      return failures
    },
  }
}

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

  test('every place opens without a network, also one that was not seen before', async () => {
    const page = await site.open(desktop)
    await signIn(page, 'tester')
    await waitUntil(
      'everything is here',
      async () => (await scriptsOf(page)).length === builtScripts().length,
    )
    await page.context().setOffline(true)
    await page.getByText('No network').waitFor()
    await page.getByRole('link', { name: /Roger Wilco/ }).click()
    await page.getByRole('heading', { name: 'Roger Wilco' }).waitFor()
    for (const place of ['People', 'News', 'Topology', 'Chats'] as const) {
      await goTo(page, place)
      await page.getByRole('heading', { name: place, level: 1 }).waitFor()
    }
    await page.getByRole('button', { name: 'New chat' }).click()
    await page.getByLabel('Name or id').waitFor()
    await page.context().close()
  })

  test('a place that cannot be fetched takes nothing else away, and is there when it is tried again', async () => {
    const page = await site.open(desktop)
    await page.route('**/assets/news-page*', (route) => route.abort())
    await signIn(page, 'tester')
    await page.evaluate('window.isStillHere = true')
    await goTo(page, 'News')
    await page.getByText('Something went wrong').waitFor()
    await isLive(page)
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { name: 'News' }).waitFor()
    expect(await page.evaluate('window.isStillHere')).toBe(true)
    await page.context().close()
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
    const readers = startReaders(() => madscie.call('GET', '/v1/chats'))
    const rateOf = (node: string) => new RegExp(`^${node}.*[1-9][\\d.,]*/s`)
    await waitUntil('both nodes are read from', async () => {
      const texts = await cards.allTextContents()
      return ['dialogue01', 'dialogue02'].every((node) => texts.some((text) => rateOf(node).test(text)))
    })
    // So that the picture shows how it was before.
    await waitUntil('the chart has some of it', async () => {
      const points = await watcher.locator('.chart polyline').first().getAttribute('points')
      return (points?.split(' ').length ?? 0) > 8
    })

    const happened = watcher.getByRole('region', { name: 'What happened' })
    site.system.nodes.get('dialogue02')?.process.signal('SIGKILL')
    for (let n = 1; n <= 5; n++) await write(tester, `message ${n}`)
    await waitUntil('the page tells of the node', async () =>
      /dialogue02 is (ejected|suspect|gone)/.test((await happened.textContent()) ?? ''),
    )
    await waitUntil('its requests go to the other', async () => {
      const texts = await cards.allTextContents()
      return (
        texts.some((text) => rateOf('dialogue01').test(text)) &&
        !texts.some((text) => rateOf('dialogue02').test(text))
      )
    })
    await site.picture(watcher, 'topology-node-killed')
    await waitUntil('all is acknowledged', async () => (await tester.locator('.outgoing').count()) === 0)
    const texts = [1, 2, 3, 4, 5].map((n) => `message ${n}`)
    expect((await bubbles(tester).allTextContents()).slice(-5)).toEqual(texts)
    expect(await readers.stop()).toEqual([])

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
    await page.getByText(/^in \d+ s$/).waitFor()
    // It would be read out every second.
    expect(await page.getByRole('status').allTextContents()).not.toContainEqual(expect.stringMatching(/\d/))
    await site.system.startBackendAgain(0)
    await isLive(page)
    await page.context().close()
  })

  test('nothing failed inside the pages, and the content policy held', () => expect(site.faults).toEqual([]))
})

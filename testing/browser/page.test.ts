import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { callApi, signIn as signInByApi } from '../constellation/api-user.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { findOverflow } from './find-overflow.ts'
import { bubbles, goTo, holdBack, openChatWith, signIn, signOut, write } from './page-actions.ts'
import { desktop, phone, type Site, startSite } from './start-site.ts'

describeWith('chromium', 'the page', () => {
  let site: Site

  beforeAll(async () => {
    site = await startSite()
  })
  afterAll(() => site?.close())

  test('what the API refuses is said beside the form', async () => {
    const page = await site.open(desktop)
    await page.getByLabel('User name').fill('tester')
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    expect(await page.getByRole('alert').textContent()).toBe('wrong user name or password')
    await page.context().close()
  })

  test('signs up, after what was wrong is mended beside its field', async () => {
    const page = await site.open(phone)
    const signUp = page.getByRole('button', { name: 'Sign up' })
    const faultOf = (label: string) =>
      page.getByLabel(label, { exact: true }).getAttribute('aria-describedby')
    await page.getByRole('button', { name: 'Create an account' }).click()
    await page.getByLabel('User name').fill('ab')
    await signUp.click()
    await page.getByRole('alert').filter({ hasText: '5 to 30 characters' }).waitFor()
    expect(await faultOf('User name')).toMatch(/error/)
    await page.getByLabel('User name').fill('newcomer')
    await page.getByLabel('Password', { exact: true }).fill('long enough')
    await page.getByLabel('female').check()
    await signUp.click()
    await page.getByRole('alert').filter({ hasText: 'it differs from the password' }).waitFor()
    expect(await faultOf('User name')).toBeNull()
    await page.getByLabel('Password once more').fill('long enough')
    await signUp.click()
    await page.getByText('No chats yet').waitFor()
    await page.context().close()
  })

  test('two users find each other, write and read, on a desktop and on a phone', async () => {
    const tester = await site.open(desktop)
    await signIn(tester, 'tester')
    await openChatWith(tester, 'Wil', 'Roger Wilco')
    await write(tester, 'Hi <b>there</b> & مرحبا https://example.org/?a=b.')

    const janitor = await site.open(phone)
    await signIn(janitor, 'janitor')
    const row = janitor.getByRole('link', { name: /Test Testov/ })
    await row.filter({ hasText: '1 unread message' }).waitFor()
    await row.click()
    const link = janitor.getByRole('link', { name: 'https://example.org/?a=b', exact: true })
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow')
    await tester.getByText('Read', { exact: true }).waitFor()
    await janitor.getByLabel('Message', { exact: true }).pressSequentially('Hi')
    await tester.getByText('Roger Wilco is writing').first().waitFor()
    await write(janitor, 'Hi yourself')
    await tester.getByText('Hi yourself').last().waitFor()

    const texts = ['Hi <b>there</b> & مرحبا https://example.org/?a=b.', 'Hi yourself']
    expect(await bubbles(tester).allTextContents()).toEqual(texts)
    expect(await findOverflow(janitor)).toEqual([])

    await janitor.getByRole('link', { name: 'Back to the chats' }).click()
    await signOut(janitor)
    await tester.reload()
    await bubbles(tester).filter({ hasText: 'Hi yourself' }).waitFor()
    await Promise.all([tester.context().close(), janitor.context().close()])
  })

  test('a message is changed and taken back for everybody, and found by its words', async () => {
    const madscie = await signInByApi(site.url, 'madscie')
    const { body } = await madscie.call('POST', '/v1/chats', { users: [3], name: 'Mending' })
    const [writer, reader] = await Promise.all([site.open(desktop), site.open(desktop)])
    for (const [page, name] of [
      [writer, 'tester'],
      [reader, 'madscie'],
    ] as const) {
      await signIn(page, name)
      await page.goto(`${site.url}/#/chats/${body.id}`)
      await page.getByRole('heading', { name: 'Mending' }).waitFor()
    }
    await write(writer, 'a pelican with a misteak')
    await bubbles(reader).filter({ hasText: 'misteak' }).waitFor()
    const menu = writer.getByRole('button', { name: 'What to do with this message' })
    await menu.click()
    await writer.getByRole('menuitem', { name: 'Edit' }).click()
    await writer.getByLabel('Message', { exact: true }).fill('a pelican without a mistake')
    await writer.getByRole('button', { name: 'Save' }).click()
    await bubbles(reader).filter({ hasText: 'without a mistake' }).waitFor()
    await reader.getByText('edited').waitFor()

    await reader.getByRole('searchbox', { name: 'Search messages' }).fill('pelican')
    await reader
      .getByRole('list', { name: 'Messages found' })
      .getByText('a pelican without a mistake')
      .waitFor()

    writer.on('dialog', (dialog) => void dialog.accept())
    await menu.click()
    await writer.getByRole('menuitem', { name: 'Delete' }).click()
    await bubbles(reader).filter({ hasText: 'This message was deleted.' }).waitFor()
    await bubbles(writer).filter({ hasText: 'This message was deleted.' }).waitFor()
    expect(await bubbles(reader).count()).toBe(1)
    await Promise.all([writer.context().close(), reader.context().close()])
  })

  test('a message whose answer is lost is sent again with the same key and is there once', async () => {
    const page = await site.open(desktop)
    const frames: string[] = []
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => frames.push(`sent ${payload}`))
      socket.on('framereceived', ({ payload }) => frames.push(`received ${payload}`))
    })
    await signIn(page, 'madscie')
    await openChatWith(page, '1', 'Roger Wilco')

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
    await waitUntil('it is sent again', () => keys.length > 1)
    const asked = frames.indexOf('sent {"type":"ping"}')
    expect(asked).toBeGreaterThan(0)
    await waitUntil('the live socket gives a sign of life', () =>
      frames.slice(asked).includes('received {"type":"pong"}'),
    )
    await page.getByText('Not confirmed yet').waitFor({ state: 'detached' })
    await page.reload()
    await bubbles(page).filter({ hasText: 'once' }).waitFor()
    expect(await bubbles(page).allTextContents()).toEqual(['once'])
    expect(new Set(keys).size).toBe(1)
    await page.context().close()
  })

  test('a session that was ended elsewhere is said so; signed in again, one is where one was', async () => {
    const madscie = await signInByApi(site.url, 'madscie')
    const { body } = await madscie.call('POST', '/v1/chats', { users: [3] })
    await madscie.call('POST', `/v1/chats/${body.id}/messages`, { txt: 'still here' })
    const page = await site.open(desktop)
    await signIn(page, 'madscie')
    await page.goto(`${site.url}/#/chats/${body.id}`)
    await bubbles(page).filter({ hasText: 'still here' }).waitFor()
    await page.getByLabel('Message', { exact: true }).fill('not sent yet')
    const token = await page.evaluate("JSON.parse(localStorage.getItem('roundtable.session')).token")
    await callApi(site.url, 'POST', '/v1/auth/sign-out', { headers: { authorization: `Bearer ${token}` } })
    await page.getByText('Your session has ended').waitFor()
    await signIn(page, 'madscie')
    await bubbles(page).filter({ hasText: 'still here' }).waitFor()
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('not sent yet')
    await page.context().close()
  })

  test('older messages come in above as one scrolls up, and what one reads does not move', async () => {
    const madscie = await signInByApi(site.url, 'madscie')
    const cid = (await madscie.call('POST', '/v1/chats', { users: [3] })).body.id
    for (let n = 1; n <= 120; n++)
      await madscie.call('POST', `/v1/chats/${cid}/messages`, { txt: `number ${n}` })
    const page = await site.open(desktop)
    await signIn(page, 'madscie')
    await page.goto(`${site.url}/#/chats/${cid}`)
    await bubbles(page).filter({ hasText: 'number 120' }).waitFor()
    expect(await bubbles(page).count()).toBe(50)

    const read = bubbles(page).filter({ hasText: 'number 78' })
    await page.evaluate("document.querySelector('.messages').scrollTop = 300")
    const before = await read.boundingBox()
    await bubbles(page).nth(99).waitFor({ state: 'attached' })
    const after = await read.boundingBox()
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2)

    await page.evaluate("document.querySelector('.messages').scrollTop = 0")
    await bubbles(page).nth(119).waitFor({ state: 'attached' })
    expect(await bubbles(page).allTextContents()).toEqual(
      Array.from({ length: 120 }, (_, index) => `number ${index + 1}`),
    )
    await page.context().close()
  })

  test('news that comes while the feed is on its way is not lost', async () => {
    const page = await site.open(desktop)
    const frames: string[] = []
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    )
    await signIn(page, 'tester')
    const tester = await signInByApi(site.url, 'tester')
    const feed = await holdBack(page, 'GET', /\/v1\/news\?/)
    await goTo(page, 'News')
    await waitUntil('the feed is answered', feed.isAnswered)
    await tester.call('POST', '/v1/news', { text: 'newer than the answer' })
    await waitUntil('the page is told', () => frames.some((frame) => frame.includes('newer than the answer')))
    feed.letGo()
    await page.getByRole('list', { name: 'What happened' }).getByText('newer than the answer').waitFor()
    await page.context().close()
  })

  test('what is typed while a post or an edit is on its way stays', async () => {
    const page = await site.open(desktop)
    await signIn(page, 'tester')
    await goTo(page, 'News')
    const field = page.getByRole('textbox', { name: 'What is new?' })
    const post = await holdBack(page, 'POST', /\/v1\/news$/)
    await field.fill('the first post')
    await page.getByRole('button', { name: 'Post' }).click()
    await waitUntil('it is posted', post.isAnswered)
    await field.fill('the second post')
    post.letGo()
    await page.getByRole('button', { name: 'Post' }).and(page.locator(':not([data-loading])')).waitFor()
    expect(await field.inputValue()).toBe('the second post')

    await goTo(page, 'Chats')
    await openChatWith(page, 'Sludge', 'Sludge Vohaul')
    await write(page, 'as it was')
    await page.getByRole('button', { name: 'What to do with this message' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    const edit = await holdBack(page, 'PUT', /\/messages\//)
    const message = page.getByLabel('Message', { exact: true })
    await message.fill('the first edit')
    await message.press('Enter')
    await waitUntil('it is changed', edit.isAnswered)
    await message.fill('the second edit')
    edit.letGo()
    await bubbles(page).filter({ hasText: 'the first edit' }).waitFor()
    await page.getByRole('button', { name: 'Save' }).and(page.locator(':not([data-loading])')).waitFor()
    expect(await message.inputValue()).toBe('the second edit')
    await message.press('Enter')
    await bubbles(page).filter({ hasText: 'the second edit' }).waitFor()
    await page.context().close()
  })

  test('opened at an older message, a chat is unread until its end is seen', async () => {
    const janitor = await signInByApi(site.url, 'janitor')
    const cid = (await janitor.call('POST', '/v1/chats', { users: [3], name: 'Long' })).body.id
    for (let n = 1; n <= 70; n++)
      await janitor.call('POST', `/v1/chats/${cid}/messages`, { txt: `number ${n}` })
    const page = await site.open(desktop)
    const told: unknown[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/read')) told.push(request.postDataJSON())
    })
    await signIn(page, 'tester')
    await page.goto(`${site.url}/#/chats/${cid}?seq=5`)
    const toEnd = page.getByRole('button', { name: 'To the latest messages' })
    await toEnd.waitFor()
    await page.locator('.is-wanted').filter({ hasText: 'number' }).waitFor()
    const row = page.getByRole('link', { name: /Long/ })
    await row.filter({ hasText: '70 unread messages' }).waitFor()
    expect(await page.title()).toMatch(/^\(\d+\)/)
    expect(told).toEqual([])

    await toEnd.click()
    await row.filter({ hasNotText: 'unread' }).waitFor()
    await waitUntil('it is told', () => told.length > 0)
    await page.context().close()
  })

  test('nothing failed inside the pages, and the content policy held', () => expect(site.faults).toEqual([]))
})

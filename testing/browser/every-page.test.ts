import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { signIn as signInByApi } from '../constellation/api-user.ts'
import { describeWith } from '../servers/needs.ts'
import { waitUntil } from '../servers/wait-until.ts'
import { findAccessibilityFaults } from './find-accessibility-faults.ts'
import { findOverflow } from './find-overflow.ts'
import { builtScripts, scriptsOf } from './loaded-scripts.ts'
import { bubbles, goTo, signIn, tabTo, write } from './page-actions.ts'
import { desktop, phone, type Site, startSite } from './start-site.ts'

/** What the first view may weigh: all scripts it loads, as they come over the wire. */
const firstViewBytes = 200_000

/** What the API answers to a message that is too long. */
const refusal = { status: 400, json: { object: 'error', code: 4001, message: 'txt: 1 to 4096 characters' } }

describeWith('chromium', 'every page', () => {
  let site: Site
  let cid: string

  beforeAll(async () => {
    site = await startSite()
    const [janitor, madscie, tester] = await Promise.all(
      ['janitor', 'madscie', 'tester'].map((name) => signInByApi(site.url, name)),
    )
    const { body } = (await tester?.call('POST', '/v1/chats', { users: [1, 2], name: 'Book club' })) ?? {}
    cid = body?.id ?? ''
    const talk = [
      [tester, 'Which book is next?'],
      [janitor, 'Something with a spaceship in it, please. https://example.org/books?kind=space'],
      [tester, `Like https://example.org/${'a-very-long-address'.repeat(10)} or ${'w'.repeat(200)}?`],
      [madscie, 'No. Something about pest control.'],
      [tester, 'مرحبا! Why not both? 🚀'],
    ] as const
    for (const [user, txt] of talk) await user?.call('POST', `/v1/chats/${cid}/messages`, { txt })
    await tester?.call('POST', '/v1/friends/1')
    await janitor?.call('POST', '/v1/news', { text: 'The floor of the bridge is clean again.' })
    await tester?.call('PUT', '/v1/users/me', { city: 'Xenon', age: 42, interests: 'books, pelicans' })
  })
  afterAll(() => site?.close())

  const conversation = [
    '/chats/$cid',
    (page: Page) => bubbles(page).filter({ hasText: 'Why not both' }),
  ] as const
  const places = [
    ['chats', '/chats', (page: Page) => page.getByText('Book club').first()],
    ['conversation', ...conversation],
    ['people', '/people', (page: Page) => page.getByText('Sludge Vohaul')],
    ['profile', '/people/3', (page: Page) => page.getByText('books, pelicans')],
    ['news', '/news', (page: Page) => page.getByText('The floor of the bridge')],
    ['topology', '/topology', (page: Page) => page.getByText('dialogue02').first()],
  ] as const

  async function show(page: Page, path: string, sight: (page: Page) => ReturnType<Page['getByText']>) {
    await page.goto(`${site.url}/#${path.replace('$cid', cid)}`)
    await sight(page).waitFor()
  }

  test.each([
    ['desktop', desktop],
    ['phone', phone],
    ['desktop-dark', { ...desktop, colorScheme: 'dark' as const }],
    ['phone-light', { ...phone, colorScheme: 'light' as const }],
  ])('nobody is kept out, and nothing is wider than the screen: %s', async (device, options) => {
    const page = await site.open(options)
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    await site.picture(page, `${device}-sign-in`)
    expect(await findAccessibilityFaults(page)).toEqual([])
    await signIn(page, 'tester')
    for (const [name, path, sight] of places) {
      await show(page, path, sight)
      await site.picture(page, `${device}-${name}`)
      expect([name, await findAccessibilityFaults(page)]).toEqual([name, []])
      expect([name, await findOverflow(page)]).toEqual([name, []])
    }
    await page.context().close()
  })

  test.each([
    ['light', desktop],
    ['dark', phone],
  ])('nobody is kept out of what opens over a page, or says what is wrong: %s', async (_, options) => {
    // A menu that is still fading in has other colours.
    const page = await site.open({ ...options, reducedMotion: 'reduce' })
    const faultsOf = async (name: string) => [name, await findAccessibilityFaults(page)]
    await signIn(page, 'tester')
    await show(page, ...conversation)
    await page.route('**/v1/chats/*/messages', (route) =>
      route.request().method() === 'POST' ? route.fulfill(refusal) : route.continue(),
    )
    await write(page, 'not taken')
    await page.getByRole('alert').filter({ hasText: 'Not sent' }).waitFor()
    expect(await faultsOf('a failed message')).toEqual(['a failed message', []])
    await page.getByRole('button', { name: 'Discard' }).click()

    const own = page.locator('.message.own').filter({ hasText: 'Why not both' })
    await own.getByRole('button', { name: 'What to do with this message' }).click()
    const edit = page.getByRole('menuitem', { name: 'Edit' })
    await edit.waitFor()
    expect(await faultsOf('the menu of a message')).toEqual(['the menu of a message', []])
    await edit.click()
    await page.getByText('Editing a message').waitFor()
    expect(await faultsOf('the edit form')).toEqual(['the edit form', []])
    await page.getByRole('button', { name: 'Cancel' }).click()

    await page.getByRole('button', { name: 'Members and name' }).click()
    await page.getByRole('menuitem', { name: 'Members and name' }).click()
    await page.getByRole('dialog').getByLabel('Name of the chat').waitFor()
    expect(await faultsOf('a dialog')).toEqual(['a dialog', []])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: /^Account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
    expect(await faultsOf('the menu of the account')).toEqual(['the menu of the account', []])
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'detached' })

    await page.context().setOffline(true)
    await page.getByText('No network').waitFor()
    expect(await faultsOf('without a network')).toEqual(['without a network', []])
    await page.context().close()
  })

  test('in another language, which is kept', async () => {
    const page = await site.open({ ...desktop, locale: 'ru-RU' })
    await page.getByLabel('Имя пользователя').fill('tester')
    await page.getByLabel('Пароль', { exact: true }).fill('1234567890')
    await page.getByRole('button', { name: 'Войти', exact: true }).click()
    await page.getByRole('heading', { name: 'Чаты' }).waitFor()
    await site.picture(page, 'russian-chats')
    await page.getByRole('link', { name: /Book club/ }).click()
    await page.route('**/v1/chats/*/messages', (route) =>
      route.request().method() === 'POST' ? route.fulfill(refusal) : route.continue(),
    )
    await page.getByLabel('Сообщение', { exact: true }).fill('слишком длинно')
    await page.getByRole('button', { name: 'Отправить', exact: true }).click()
    await page.getByRole('alert').filter({ hasText: 'Не отправлено: от 1 до 4096 знаков' }).waitFor()
    await page.getByRole('button', { name: 'Удалить', exact: true }).click()
    await page.getByRole('button', { name: /^Учётная запись/ }).click()
    await page.getByRole('menuitemradio', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Chats' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Chats' }).waitFor()
    await page.context().close()
  })

  test('people are found, followed, and their posts come by themselves', async () => {
    const page = await site.open(desktop)
    await signIn(page, 'janitor')
    await goTo(page, 'People')
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('Sludge')
    await waitUntil('just one is left', async () => (await page.locator('.user-row').count()) === 1)
    await page.getByRole('button', { name: 'Follow: Sludge Vohaul' }).click()
    await page.getByRole('button', { name: 'Unfollow: Sludge Vohaul' }).waitFor()
    await goTo(page, 'News')
    const list = page.getByRole('list', { name: 'What happened' })
    await list.getByText('The floor of the bridge').waitFor()
    const madscie = await signInByApi(site.url, 'madscie')
    await madscie.call('POST', '/v1/news', { text: 'All pests are under control.' })
    await list.getByText('All pests are under control.').waitFor()
    await page.getByRole('textbox', { name: 'What is new?' }).fill('So is the floor.')
    await page.getByRole('button', { name: 'Post' }).click()
    await list.getByText('So is the floor.').waitFor()
    expect(await list.getByText('So is the floor.').count()).toBe(1)
    await page.context().close()
  })

  test('one’s own profile is changed, after what was wrong is mended', async () => {
    const page = await site.open(desktop)
    await signIn(page, 'madscie')
    await page.goto(`${site.url}/#/people/2`)
    await page.getByRole('button', { name: 'Edit profile' }).click()
    await page.getByLabel('Age', { exact: true }).fill('7')
    await page.getByLabel('City', { exact: true }).fill('Vohaul’s fortress')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').filter({ hasText: '18 to 120' }).waitFor()
    await page.getByLabel('Age', { exact: true }).fill('77')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Vohaul’s fortress').waitFor()
    await page.context().close()
  })

  test('members come and go, and a group has a name', async () => {
    const page = await site.open(desktop)
    page.on('dialog', (dialog) => void dialog.accept())
    await signIn(page, 'janitor')
    await page.getByRole('button', { name: 'New chat' }).click()
    const found = page.getByRole('list', { name: 'Users found' })
    await found.getByRole('button', { name: /Sludge Vohaul/ }).click()
    await found.getByRole('button', { name: /Test Testov/ }).click()
    await page.getByLabel('Name of the chat').fill('Space quest')
    await page.getByRole('button', { name: 'Start chat' }).click()
    await page.getByRole('heading', { name: 'Space quest' }).waitFor()
    await page.getByRole('button', { name: 'Members and name' }).click()
    await page.getByRole('menuitem', { name: 'Members and name' }).click()
    await page.getByRole('button', { name: 'Remove Sludge Vohaul' }).click()
    await page.getByRole('list', { name: '2 members' }).waitFor()
    await page.getByLabel('Name of the chat').fill('Space quest II')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'Space quest II' }).waitFor()
    await page.getByText('You removed Sludge Vohaul').waitFor()
    await page.context().close()
  })

  test('one gets around with the keyboard alone', async () => {
    const page = await site.open(desktop)
    await tabTo(page, page.getByLabel('User name'))
    await page.keyboard.type('tester')
    await page.keyboard.press('Tab')
    await page.keyboard.type('1234567890')
    await page.keyboard.press('Enter')
    const chat = page.getByRole('link', { name: /Book club/ })
    await chat.waitFor()
    await tabTo(page, chat)
    await page.keyboard.press('Enter')
    await bubbles(page).filter({ hasText: 'Why not both' }).waitFor()
    await tabTo(page, page.getByLabel('Message', { exact: true }))
    await page.keyboard.type('by keyboard')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('alone')
    await page.keyboard.press('Enter')
    await bubbles(page).filter({ hasText: 'by keyboard' }).waitFor()
    expect(await bubbles(page).last().textContent()).toBe('by keyboard\nalone')

    await page.locator('.outgoing').waitFor({ state: 'detached' })
    const menu = page.getByRole('button', { name: 'What to do with this message' }).last()
    for (const _ of ['the first time', 'again']) {
      await tabTo(page, menu, 'Shift+Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('menu').and(page.locator(':focus-within')).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('menu').waitFor({ state: 'detached' })
      await menu.and(page.locator(':focus')).waitFor()
    }
    await page.context().close()
  })

  test('the first view is light, and the rest comes when the page has nothing to do', async () => {
    const page = await site.open(desktop)
    // Kept until it is asked for: all that is loaded before belongs to the first view.
    await page.evaluate('window.requestIdleCallback = (run) => { window.whenIdle = run }')
    await signIn(page, 'tester')
    await page.getByText('Book club').first().waitFor()
    const scripts = await scriptsOf(page)
    const { gzipSync } = await import('node:zlib')
    let bytes = 0
    for (const script of scripts) bytes += gzipSync(await (await fetch(script)).text()).length
    expect(scripts.some((script) => script.includes('/chats-page'))).toBe(true)
    expect(bytes).toBeLessThan(firstViewBytes)
    await page.evaluate('window.whenIdle()')
    await waitUntil(
      'everything is here',
      async () => (await scriptsOf(page)).length === builtScripts().length,
    )
    await page.context().close()
  })

  test('nothing failed inside the pages, and the content policy held', () => expect(site.faults).toEqual([]))
})

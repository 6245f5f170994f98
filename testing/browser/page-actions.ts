import type { Locator, Page } from 'playwright-core'

/** What a user does on the page, by what is written on it. */

export async function signIn(page: Page, username: string, password = '1234567890'): Promise<void> {
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await isLive(page)
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
}

/** Waits until the page says that it is connected and has all there is. */
export async function isLive(page: Page): Promise<void> {
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
}

/** Finds a user by the beginning of a name and opens the chat with them. */
export async function openChatWith(page: Page, words: string, name: string): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click()
  await page.getByLabel('Name or id').fill(words)
  await page
    .getByRole('list', { name: 'Users found' })
    .getByRole('button', { name: new RegExp(name) })
    .click()
  await page.getByRole('button', { name: 'Start chat' }).click()
  await page.getByRole('heading', { name }).waitFor()
}

export async function write(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

/** The texts of the messages, those on their way among them. */
export function bubbles(page: Page): Locator {
  return page.getByRole('list', { name: 'Messages' }).locator('.bubble')
}

/** Goes to one of the places of the page. */
export async function goTo(page: Page, place: 'Chats' | 'People' | 'News' | 'Topology'): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click()
}

/** Holds back what is answered to requests of a method and path, until it is let go. */
export async function holdBack(page: Page, method: string, path: RegExp) {
  let letGo = (): void => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let isAnswered = false
  await page.route(path, async (route) => {
    if (route.request().method() !== method) return route.continue()
    const response = await route.fetch()
    isAnswered = true
    await held
    return route.fulfill({ response })
  })
  return { isAnswered: () => isAnswered, letGo }
}

/** Presses Tab until it is there. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const isThere = async () => (await target.and(page.locator(':focus')).count()) > 0
  for (let presses = 0; !(await isThere()); presses++) {
    if (presses === 100) throw new Error(`no ${key} leads to ${target}`)
    await page.keyboard.press(key)
  }
}

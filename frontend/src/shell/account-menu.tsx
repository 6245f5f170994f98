import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Avatar } from '../parts/avatar.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNames } from '../people/use-names.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { type Language, languages, useLanguage } from '../text/language.tsx'

const schemes = ['light', 'dark', 'auto'] as const

/** The user's own things: profile, language, colours, signing out. */
export function AccountMenu() {
  const session = useSession()
  const { text, language, choose } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const navigate = useNavigate()
  const name = useNames().of(session.me)
  const [error, setError] = useState<unknown>()

  const signOut = async (): Promise<void> => {
    const isSending = session.outbox
      .snapshot()
      .some(({ state }) => state === 'sending' || state === 'retrying')
    if (isSending && !confirm(text.nav.stillSending)) return
    setError(undefined)
    try {
      await session.signOut()
      await navigate({ to: '/chats' })
    } catch (failure) {
      setError(failure)
    }
  }

  return (
    <>
      {error !== undefined && <Notice kind="error">{errorText(text, error)}</Notice>}
      <Menu position="bottom-end" shadow="md" width={230} radius="md">
        <Menu.Target>
          <UnstyledButton className="account" aria-label={`${text.nav.account}: ${name}`}>
            <Avatar id={session.me} name={name} />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {name} · {session.token.username}
          </Menu.Label>
          <Menu.Item onClick={() => void navigate({ to: '/people/$id', params: { id: String(session.me) } })}>
            {text.nav.profile}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{text.nav.language}</Menu.Label>
          <Menu.RadioGroup value={language} onChange={(tag) => choose(tag as Language)}>
            {Object.entries(languages).map(([tag, itsName]) => (
              <Menu.RadioItem key={tag} value={tag} lang={tag} closeMenuOnClick>
                {itsName}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Label>{text.nav.colours}</Menu.Label>
          <Menu.RadioGroup
            value={colorScheme}
            onChange={(chosen) => setColorScheme(schemes.find((one) => one === chosen) ?? 'auto')}
          >
            {schemes.map((scheme) => (
              <Menu.RadioItem key={scheme} value={scheme} closeMenuOnClick>
                {text.nav[scheme]}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item onClick={() => void signOut()}>{text.nav.signOut}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { signIn, signUp } from '../api/create-api.ts'
import type { SignUp, Token } from '../api/types.ts'
import { Logo } from '../parts/logo.tsx'
import { Notice } from '../parts/notice.tsx'
import { errorText, fieldError } from '../text/error-text.ts'
import { type Language, languages, useLanguage } from '../text/language.tsx'
import { GenderField } from './gender-field.tsx'
import './sign-in-page.css'

export interface SignInPageProps {
  /** The last session ended without the user's doing. */
  wasEnded: boolean
  onSignedIn: (token: Token) => void
}

/** Signing in, or signing up. What is allowed in a field is for the API to say. */
export function SignInPage({ wasEnded, onSignedIn }: SignInPageProps) {
  const { text, language, choose } = useLanguage()
  const [isNew, setIsNew] = useState(false)
  const [error, setError] = useState<unknown>()
  const [isBusy, setIsBusy] = useState(false)
  const wrong = fieldError(text, error)
  const errorOf = (name: string): string | undefined => (wrong?.name === name ? wrong.message : undefined)
  const fieldNames = isNew
    ? ['username', 'password', 'passwordConfirm', 'firstName', 'lastName', 'gender']
    : []
  const hasPlace = wrong !== undefined && fieldNames.includes(wrong.name)

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget
    const data = new FormData(form)
    const value = (name: string): string => String(data.get(name) ?? '')
    setIsBusy(true)
    setError(undefined)
    try {
      onSignedIn(
        isNew ? await signUp(newUserOf(value)) : await signIn(value('username').trim(), value('password')),
      )
    } catch (failure) {
      setError(failure)
      setIsBusy(false)
      const field = form.elements.namedItem(fieldError(text, failure)?.name ?? '')
      if (field instanceof HTMLElement) field.focus()
    }
  }

  return (
    <main className="sign-in">
      <form className="card" noValidate onSubmit={(event) => void submit(event)}>
        <header className="sign-in-header">
          <Logo />
          <h1>{isNew ? text.signIn.titleNew : text.signIn.title}</h1>
        </header>
        {wasEnded && error === undefined && <Notice kind="info">{text.signIn.ended}</Notice>}
        {error !== undefined && !hasPlace && <Notice kind="error">{errorText(text, error)}</Notice>}
        <TextInput
          label={text.signIn.username}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          error={errorOf('username')}
        />
        <PasswordInput
          label={text.signIn.password}
          name="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          error={errorOf('password')}
        />
        {isNew && (
          <>
            <PasswordInput
              label={text.signIn.passwordConfirm}
              name="passwordConfirm"
              autoComplete="new-password"
              error={errorOf('passwordConfirm')}
            />
            <div className="pair">
              <TextInput
                label={text.signIn.firstName}
                name="firstName"
                autoComplete="given-name"
                error={errorOf('firstName')}
              />
              <TextInput
                label={text.signIn.lastName}
                name="lastName"
                autoComplete="family-name"
                error={errorOf('lastName')}
              />
            </div>
            <GenderField error={errorOf('gender')} />
          </>
        )}
        <Button type="submit" fullWidth loading={isBusy}>
          {isNew ? text.signIn.signUp : text.signIn.signIn}
        </Button>
        <p className="switch">
          {isNew ? text.signIn.hasAccount : text.signIn.isNew}{' '}
          <button
            type="button"
            className="link"
            onClick={() => {
              setIsNew(!isNew)
              setError(undefined)
            }}
          >
            {isNew ? text.signIn.instead : text.signIn.create}
          </button>
        </p>
      </form>
      <SegmentedControl
        aria-label={text.nav.language}
        size="xs"
        value={language}
        onChange={(tag) => choose(tag as Language)}
        data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
      />
    </main>
  )
}

function newUserOf(value: (name: string) => string): SignUp {
  const gender = value('gender')
  return {
    username: value('username').trim(),
    password: value('password'),
    passwordConfirm: value('passwordConfirm'),
    // An empty one is for the API to refuse, beside its field.
    gender: gender as SignUp['gender'],
    ...(value('firstName') ? { firstName: value('firstName') } : {}),
    ...(value('lastName') ? { lastName: value('lastName') } : {}),
  }
}

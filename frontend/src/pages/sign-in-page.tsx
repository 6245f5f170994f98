import { type FormEvent, useState } from 'react'
import { signIn, signUp } from '../api/create-api.ts'
import type { Token } from '../api/types.ts'
import { Field } from '../components/field.tsx'
import { Logo } from '../components/logo.tsx'
import { messageOf } from '../components/message-of.ts'
import { Notice } from '../components/notice.tsx'

export interface SignInPageProps {
  notice: string | undefined
  onSignedIn: (token: Token) => void
}

/** Signing in, or signing up. What is allowed in a field is for the API to say. */
export function SignInPage({ notice, onSignedIn }: SignInPageProps) {
  const [isNew, setIsNew] = useState(false)
  const [error, setError] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const value = (name: string): string => String(form.get(name) ?? '')
    setIsBusy(true)
    setError(undefined)
    try {
      onSignedIn(
        isNew
          ? await signUp({
              username: value('username'),
              password: value('password'),
              passwordConfirm: value('passwordConfirm'),
              gender: value('gender'),
              ...(value('firstName') && { firstName: value('firstName') }),
              ...(value('lastName') && { lastName: value('lastName') }),
            })
          : await signIn(value('username'), value('password')),
      )
    } catch (failure) {
      setError(messageOf(failure))
      setIsBusy(false)
    }
  }

  return (
    <main className="sign-in">
      <form className="card" noValidate onSubmit={(event) => void submit(event)}>
        <header className="sign-in-header">
          <Logo />
          <h1>{isNew ? 'Create your account' : 'Sign in to Roundtable'}</h1>
        </header>
        {notice && !error && <Notice kind="info">{notice}</Notice>}
        {error && <Notice kind="error">{error}</Notice>}
        <Field label="User name" name="username" autoComplete="username" autoCapitalize="none" required />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
        />
        {isNew && <SignUpFields />}
        <button type="submit" className="button primary wide" disabled={isBusy}>
          {isNew ? 'Sign up' : 'Sign in'}
        </button>
        <p className="switch">
          {isNew ? 'You have an account?' : 'New here?'}{' '}
          <button
            type="button"
            className="link"
            onClick={() => {
              setIsNew(!isNew)
              setError(undefined)
            }}
          >
            {isNew ? 'Sign in instead' : 'Create an account'}
          </button>
        </p>
      </form>
    </main>
  )
}

function SignUpFields() {
  return (
    <>
      <Field
        label="Password once more"
        name="passwordConfirm"
        type="password"
        autoComplete="new-password"
        required
      />
      <div className="pair">
        <Field label="First name" name="firstName" autoComplete="given-name" />
        <Field label="Last name" name="lastName" autoComplete="family-name" />
      </div>
      <fieldset className="choices">
        <legend>Gender</legend>
        <label>
          <input type="radio" name="gender" value="f" required /> female
        </label>
        <label>
          <input type="radio" name="gender" value="m" required /> male
        </label>
      </fieldset>
    </>
  )
}

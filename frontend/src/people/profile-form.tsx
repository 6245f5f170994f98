import { Button, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import type { ProfileChanges, User } from '../api/types.ts'
import { Notice } from '../parts/notice.tsx'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import { GenderField } from '../sign-in/gender-field.tsx'
import { errorText, fieldError } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'

/** One's own profile, to be changed. An empty field takes away what was told. */
export function ProfileForm({ user, onDone }: { user: User; onDone: () => void }) {
  const { api, people, queries } = useSession()
  const text = useText()
  const save = useMutation({
    mutationFn: (changes: ProfileChanges) => api.changeProfile(changes),
    onSuccess(changed) {
      people.learn([changed])
      queries.setQueryData(queryKeys.user(user.id), changed)
      void queries.invalidateQueries({ queryKey: queryKeys.anyUsers })
      onDone()
    },
  })
  const wrong = fieldError(text, save.error)
  const errorOf = (name: string): string | undefined => (wrong?.name === name ? wrong.message : undefined)

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const value = (name: string): string | null => String(data.get(name) ?? '').trim() || null
    const age = value('age')
    save.mutate({
      firstName: value('firstName'),
      lastName: value('lastName'),
      // What is no number is refused as one that is out of range, and not taken for an empty field.
      age: age === null ? null : /^\d{1,3}$/.test(age) ? Number(age) : 0,
      gender: value('gender') === 'f' ? 'f' : 'm',
      city: value('city'),
      interests: value('interests'),
    })
  }

  return (
    <form className="profile-form" noValidate onSubmit={submit}>
      {save.error && !wrong && <Notice kind="error">{errorText(text, save.error)}</Notice>}
      <div className="pair">
        <TextInput
          label={text.signIn.firstName}
          name="firstName"
          defaultValue={user.firstName ?? ''}
          error={errorOf('firstName')}
        />
        <TextInput
          label={text.signIn.lastName}
          name="lastName"
          defaultValue={user.lastName ?? ''}
          error={errorOf('lastName')}
        />
      </div>
      <GenderField error={errorOf('gender')} value={user.gender} />
      <div className="pair">
        <TextInput
          label={text.people.age}
          name="age"
          inputMode="numeric"
          defaultValue={user.age ?? ''}
          error={errorOf('age')}
        />
        <TextInput
          label={text.people.city}
          name="city"
          defaultValue={user.city ?? ''}
          error={errorOf('city')}
        />
      </div>
      <Textarea
        label={text.people.interests}
        name="interests"
        rows={3}
        defaultValue={user.interests ?? ''}
        error={errorOf('interests')}
      />
      <div className="form-foot">
        <Button variant="default" onClick={onDone}>
          {text.cancel}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {text.save}
        </Button>
      </div>
    </form>
  )
}

import { useText } from '../text/language.tsx'

/** Asks for what the API wants to know of everybody. */
export function GenderField({ error, value }: { error: string | undefined; value?: 'f' | 'm' }) {
  const { signIn } = useText()
  return (
    <fieldset className="choices">
      <legend>{signIn.gender}</legend>
      <label>
        <input type="radio" name="gender" value="f" defaultChecked={value === 'f'} /> {signIn.female}
      </label>
      <label>
        <input type="radio" name="gender" value="m" defaultChecked={value === 'm'} /> {signIn.male}
      </label>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}

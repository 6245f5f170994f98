import type { Texts } from '../text/en.ts'
import { useText } from '../text/language.tsx'

/** Stands where there is nothing to show, and says why. */
export function PageHint({ say }: { say: (text: Texts) => string }) {
  const text = useText()
  return <p className="hint">{say(text)}</p>
}

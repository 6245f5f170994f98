import type { Texts } from '../text/en.ts'
import { useText } from '../text/language.tsx'
import type { Happening } from './topology-history.ts'

/** What happened to the nodes, latest first. */
export function HappeningList({ happenings }: { happenings: readonly Happening[] }) {
  const text = useText()
  if (happenings.length === 0) return <p className="hint">{text.topology.nothingYet}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no wheel scrolls it with the keyboard
    <ol className="happenings" aria-live="polite" tabIndex={0}>
      {happenings.map((one) => (
        <li
          key={one.id}
          className={`happening ${one.what}${one.what === 'state' ? ` state-${one.state}` : ''}`}
        >
          <time dateTime={new Date(one.at).toISOString()}>
            {new Date(one.at).toLocaleTimeString(text.locale)}
          </time>
          <span>{wordsOf(one, text.topology)}</span>
        </li>
      ))}
    </ol>
  )
}

function wordsOf(happening: Happening, text: Texts['topology']): string {
  const { node } = happening
  switch (happening.what) {
    case 'state':
      return text.events.state(node, text[happening.state], happening.why)
    case 'retries':
    case 'failures':
      return text.events[happening.what](node, happening.count)
    default:
      return text.events[happening.what](node)
  }
}

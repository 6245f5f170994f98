import { useText } from '../text/language.tsx'
import { durationText } from './duration-text.ts'
import { type NodeHistory, rateOf } from './topology-history.ts'

/** A node in words and numbers. */
export function NodeCard({ history, colour }: { history: NodeHistory; colour: number }) {
  const { topology, locale } = useText()
  const { node, isGone } = history
  const state = isGone ? 'gone' : node.state
  const number = (n: number): string => n.toLocaleString(locale)
  return (
    <li className={`panel node-card state-${state}`}>
      <header>
        <span className={`swatch line-${colour % 8}`} aria-hidden="true" />
        <h3>{node.id}</h3>
        <span className="state-tag">{topology[state]}</span>
      </header>
      <p className="line-sub">
        {node.address}
        {!isGone && ` · ${topology.since(durationText(node.sinceMs, locale))}`}
      </p>
      {!isGone && node.why && <p className="why">{node.why}</p>}
      {!isGone && !node.listed && <p className="why">{topology.unlisted}</p>}
      <dl>
        <div className="big">
          <dt className="visually-hidden">{topology.requests}</dt>
          <dd>{topology.perSecond(rateText(rateOf(history), locale))}</dd>
        </div>
        <div>
          <dt>{topology.requests}</dt>
          <dd>{number(node.requests)}</dd>
        </div>
        <div>
          <dt>{topology.failures}</dt>
          <dd>{number(node.failures)}</dd>
        </div>
        <div>
          <dt>{topology.retries}</dt>
          <dd>{number(node.retries)}</dd>
        </div>
      </dl>
    </li>
  )
}

function rateText(rate: number, locale: string): string {
  return rate.toLocaleString(locale, { maximumFractionDigits: rate < 10 ? 1 : 0 })
}

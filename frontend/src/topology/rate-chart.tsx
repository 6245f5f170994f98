import { useText } from '../text/language.tsx'
import { type NodeHistory, rateOf, windowMs } from './topology-history.ts'

const width = 640
const height = 220
const margin = { left: 44, right: 12, top: 10, bottom: 24 }
const innerWidth = width - margin.left - margin.right
const innerHeight = height - margin.top - margin.bottom

/** Requests per second, a line a node. The numbers of now are in the cards, for those who do not see it. */
export function RateChart({ nodes }: { nodes: readonly NodeHistory[] }) {
  const { topology, locale } = useText()
  const now = Math.max(0, ...nodes.flatMap(({ rates }) => rates.at(-1)?.at ?? 0))
  const top = niceCeiling(
    Math.max(1, ...nodes.flatMap(({ rates }) => rates.map(({ perSecond }) => perSecond))),
  )
  const x = (at: number): number => margin.left + innerWidth * (1 - (now - at) / windowMs)
  const y = (perSecond: number): number => margin.top + innerHeight * (1 - perSecond / top)
  const summary = nodes
    .map(
      (one) =>
        `${one.node.id}: ${topology.perSecond(rateOf(one).toLocaleString(locale, { maximumFractionDigits: 1 }))}`,
    )
    .join(', ')

  return (
    <svg
      className="chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${topology.chart}. ${summary}`}
    >
      {[0, 0.5, 1].map((part) => (
        <g key={part}>
          <line
            className="grid"
            x1={margin.left}
            x2={width - margin.right}
            y1={y(top * part)}
            y2={y(top * part)}
          />
          <text className="axis" x={margin.left - 8} y={y(top * part) + 4} textAnchor="end">
            {(top * part).toLocaleString(locale)}
          </text>
        </g>
      ))}
      {[0, 30, 60, 90].map((seconds) => (
        <text
          key={seconds}
          className="axis"
          x={x(now - seconds * 1000)}
          y={height - 6}
          textAnchor={seconds === 0 ? 'end' : 'middle'}
        >
          {seconds === 0 ? topology.now : topology.secondsAgo(seconds)}
        </text>
      ))}
      {nodes.map(({ node, rates }, index) => (
        <polyline
          key={node.id}
          className={`rate line-${index % 8}`}
          points={rates
            .map(({ at, perSecond }) => `${x(at).toFixed(1)},${y(perSecond).toFixed(1)}`)
            .join(' ')}
        />
      ))}
    </svg>
  )
}

/** The next of 1, 2, 5, 10, 20, 50, … */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= value) ?? value
}

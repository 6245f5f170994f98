import type { Topology } from '../api/types.ts'
import { useText } from '../text/language.tsx'
import { type NodeHistory, rateOf } from './topology-history.ts'

const width = 480
const rowHeight = 84
const backend = { x: 4, width: 212, height: 96 }
const box = { x: 292, width: 184, height: 64 }

/** The backend, the nodes, and between them as much as goes there. */
export function TopologyMap({ nodes, latest }: { nodes: readonly NodeHistory[]; latest: Topology }) {
  const { topology, locale } = useText()
  const height = Math.max(nodes.length, 2) * rowHeight + 16
  const middle = height / 2
  const total = nodes.reduce((sum, one) => sum + rateOf(one), 0)
  const number = (n: number): string => n.toLocaleString(locale, { maximumFractionDigits: 1 })
  const registry =
    latest.registryAgeMs === undefined
      ? topology.noRegistry
      : topology.registry(Math.round(latest.registryAgeMs / 1000))
  const summary = nodes
    .map((one) => `${one.node.id}: ${topology[one.isGone ? 'gone' : one.node.state]}`)
    .join(', ')

  return (
    <svg
      className="map"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${topology.map}. ${summary}`}
    >
      {nodes.map((one, index) => {
        const y = rowMiddle(index, nodes.length, height)
        const rate = rateOf(one)
        const state = one.isGone ? 'gone' : one.node.state
        return (
          <g key={one.node.id} className={`map-node state-${state}`}>
            <path
              className={rate > 0 ? 'edge is-busy' : 'edge'}
              strokeWidth={1.5 + (total > 0 ? (rate / total) * 6 : 0)}
              d={`M${backend.x + backend.width},${middle} C255,${middle} 255,${y} ${box.x},${y}`}
            />
            <rect
              className="map-box"
              x={box.x}
              y={y - box.height / 2}
              width={box.width}
              height={box.height}
              rx={14}
            />
            <circle className="map-dot" cx={box.x + 22} cy={y - 10} r={7} />
            <text className="map-title" x={box.x + 38} y={y - 5}>
              {one.node.id}
            </text>
            <text className="map-sub" x={box.x + 16} y={y + 19}>
              {topology[state]} · {topology.perSecond(number(rate))}
            </text>
          </g>
        )
      })}
      <g className="map-backend">
        <rect
          className="map-box"
          x={backend.x}
          y={middle - backend.height / 2}
          width={backend.width}
          height={backend.height}
          rx={14}
        />
        <text className="map-title" x={backend.x + 16} y={middle - 18}>
          {topology.backend} · {topology.perSecond(number(total))}
        </text>
        <text className="map-sub" x={backend.x + 16} y={middle + 6}>
          {topology.budget(latest.retryBudgetLeft)}
        </text>
        <text className="map-sub" x={backend.x + 16} y={middle + 28}>
          {registry}
        </text>
      </g>
    </svg>
  )
}

function rowMiddle(index: number, count: number, height: number): number {
  return height / 2 + (index - (count - 1) / 2) * rowHeight
}

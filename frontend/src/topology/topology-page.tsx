import { Notice } from '../parts/notice.tsx'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import { HappeningList } from './happening-list.tsx'
import { NodeCard } from './node-card.tsx'
import { RateChart } from './rate-chart.tsx'
import './topology.css'
import { TopologyMap } from './topology-map.tsx'
import { useTopology } from './use-topology.ts'

/** Which nodes there are, what state they are in, and how the requests are shared among them. */
export function TopologyPage() {
  const text = useText()
  const { history, error } = useTopology()
  const { latest, nodes } = history
  return (
    <div className="page wide">
      <h1>{text.topology.title}</h1>
      <p className="line-sub">{text.topology.about}</p>
      {error && (
        <Notice kind="error">
          {latest ? text.topology.stale : ''} {errorText(text, error)}
        </Notice>
      )}
      {!latest && !error && <p className="hint">{text.loading}</p>}
      {latest && (
        <div className="topology">
          <section className="panel map-panel" aria-label={text.topology.map}>
            <TopologyMap nodes={nodes} latest={latest} />
          </section>
          <section className="panel chart-panel" aria-label={text.topology.chart}>
            <h2>{text.topology.chart}</h2>
            <RateChart nodes={nodes} />
          </section>
          <section className="nodes-panel" aria-label={text.topology.nodes}>
            {nodes.length === 0 && <p className="hint">{text.topology.noNodes}</p>}
            <ul className="node-cards">
              {nodes.map((one, index) => (
                <NodeCard key={one.node.id} history={one} colour={index} />
              ))}
            </ul>
          </section>
          <section className="panel happenings-panel" aria-label={text.topology.happened}>
            <h2>{text.topology.happened}</h2>
            <HappeningList happenings={history.happenings} />
          </section>
        </div>
      )}
    </div>
  )
}

import { type Carrier, type CarrierReports, createBus } from './base-bus.ts'
import type { Bus } from './bus.ts'
import { parseJson } from './event-wire.ts'
import type { KafkaAddress } from './kafka-client.ts'
import { followKafkaTopic } from './kafka-follower.ts'
import { createKafkaSender } from './kafka-sender.ts'

/** Events through Kafka: docs/adr/0014. */
export function openKafkaBus(address: KafkaAddress): Bus {
  return createBus({ logger: address.logger, carry: (reports) => createKafkaCarrier(address, reports) })
}

function createKafkaCarrier(address: KafkaAddress, { listeners, newLinkPart }: CarrierReports): Carrier {
  const sender = createKafkaSender(address)
  const followers = new Map<string, { close(): Promise<void> }>()
  return {
    send: sender.send,

    follow(topic) {
      if (followers.has(topic)) return
      const link = newLinkPart()
      const follower = followKafkaTopic({
        address,
        topic,
        onText: (text) => listeners.deliver(topic, parseJson(text)),
        onStand() {
          link.up()
          listeners.stand(topic)
        },
        onBroke(error) {
          link.down(error)
          listeners.broke(topic)
        },
        onMissed: () => listeners.missed(topic),
        isWanted: () => listeners.isWanted(topic),
      })
      followers.set(topic, follower)
    },

    async close() {
      await Promise.all([sender.close(), ...Array.from(followers.values(), (each) => each.close())])
    },
  }
}

import type { Bus } from '@roundtable/common/bus/bus'

/** Something that a user did: who, when, and what each kind of event tells besides. */
export interface UserEvent {
  name: 'login' | 'logout' | 'follow' | 'unfollow' | 'post' | 'block'
  uid: number
  /** Unix seconds. */
  ts: number
  /** Whom a follow, unfollow or block is about. */
  friendId?: number
}

/**
 * Tells all processes what users did: name `event.name`, key the user's id, body the rest of the event.
 * @param topic the setting BUS_TOPIC
 * @returns what is to be called once the event is stored; it never throws and nobody waits for it
 */
export function createUserEvents(bus: Pick<Bus, 'publish'>, topic: string): (event: UserEvent) => void {
  return ({ name, ...body }) => bus.publish(topic, { key: String(body.uid), name, body })
}

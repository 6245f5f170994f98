import type { Ping } from '@roundtable/common/dialogue-wire'

/** This run of this node. */
export interface DialogueNode {
  /** SERVICE_ID */
  readonly id: string
  /** Differs with each start. */
  readonly instance: string
  /**
   * What /ping tells: `starting` until the store has been open once, `ok` from then on, `draining` when the node begins
   * to leave: connections are then closed after their answer.
   */
  status: Ping['status']
}

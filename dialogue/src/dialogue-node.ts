/** This run of this node. */
export interface DialogueNode {
  /** SERVICE_ID */
  readonly id: string
  /** Differs with each start. */
  readonly instance: string
  /** Set once, when the node begins to leave: /ping tells it and connections are closed after their answer. */
  draining: boolean
}

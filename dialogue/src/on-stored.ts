import type { ChatEvent } from '@roundtable/common/chat-events'

/**
 * Told of everything that a store has stored, once it can be taken back no more. It must neither throw nor wait. What
 * a node stored that died before it could tell is told by nobody: the store is the truth.
 */
export type OnStored = (event: ChatEvent) => void

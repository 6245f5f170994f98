import type { Chat, Member } from './chat.ts'
import type { ServerFrame } from './frames.ts'

/** A socket that keeps what it is sent. */
export function createFakeMember(uid: number) {
  const frames: ServerFrame[] = []
  const state = { isOpen: true, isCongested: false }
  let onDrained = () => {}
  const member: Member = {
    uid,
    chats: new Set<Chat>(),
    left: new Map<string, number>(),
    behind: new Set<Chat>(),
    ready: false,
    get isOpen() {
      return state.isOpen
    },
    get isCongested() {
      return state.isCongested
    },
    send: (frame) => {
      if (state.isOpen) frames.push(JSON.parse(frame.toString()))
    },
    drained: () =>
      new Promise((resolve) => {
        onDrained = resolve
      }),
  }
  /** The seqs of a chat in the order in which they came; a gap counts as all that it names. */
  const seqs = (cid: string): number[] =>
    frames.flatMap((frame) => {
      if (frame.type === 'message') return frame.message.cid === cid ? [frame.message.seq] : []
      if (frame.type === 'members') return frame.members.cid === cid ? [frame.members.seq] : []
      if (frame.type !== 'gap' || frame.cid !== cid) return []
      return Array.from({ length: frame.to - frame.from + 1 }, (_, i) => frame.from + i)
    })
  return {
    member,
    frames,
    seqs,
    of: <Type extends ServerFrame['type']>(type: Type) =>
      frames.filter((frame): frame is ServerFrame & { type: Type } => frame.type === type),
    close() {
      state.isOpen = false
    },
    congest() {
      state.isCongested = true
    },
    relieve() {
      state.isCongested = false
      onDrained()
    },
  }
}

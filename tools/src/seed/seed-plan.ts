/** How much is made. */
export interface SeedSize {
  users: number
  chats: number
  messages: number
}

/** A chat that is to be made, with its messages in order. */
export interface SeededChat {
  id: string
  /** The first one has made it. */
  users: number[]
  messages: SeededMessage[]
  /** When it was made, in unix seconds; each message is a second later than the one before. */
  at: number
}

export interface SeededMessage {
  id: string
  uid: number
  txt: string
}

const words =
  'the harbour lamp was lit again last night and nobody on the pier could say who had climbed up to it in such wind'.split(
    ' ',
  )
const mostMembers = 10
/** Beside every chat of the others: the one with the lowest id is in so many. */
const chatsOfFirst = 50

/**
 * Chats with two to ten members each. The first has a fifth of the messages, as a few rooms of a community do; the others
 * share the rest evenly. The same seed makes the same chats.
 * @param users ids to take members from: from the first to the last
 */
export function* planChats(
  size: SeedSize,
  users: { first: number; last: number },
  random: () => number,
  now: number,
): Generator<SeededChat> {
  const below = (count: number) => Math.floor(random() * count)
  const someone = () => users.first + below(users.last - users.first + 1)
  const inFirst = size.chats === 1 ? size.messages : Math.floor(size.messages / 5)
  const each = size.chats === 1 ? 0 : Math.floor((size.messages - inFirst) / (size.chats - 1))
  for (let i = 0; i < size.chats; i++) {
    const members = new Set(i < chatsOfFirst ? [users.first] : [])
    const wanted = Math.min(2 + below(mostMembers - 1), users.last - users.first + 1)
    while (members.size < wanted) members.add(someone())
    const list = [...members]
    const count = i === 0 ? inFirst : each
    yield {
      id: hexId(random),
      users: list,
      at: now - count - below(86_400),
      messages: Array.from({ length: count }, () => ({
        id: hexId(random),
        uid: list[below(list.length)] ?? users.first,
        txt: sentence(below),
      })),
    }
  }
}

/** 24 hex digits, as every id of a chat or a message. */
function hexId(random: () => number): string {
  return Array.from({ length: 4 }, () =>
    Math.floor(random() * 0x1_00_00_00)
      .toString(16)
      .padStart(6, '0'),
  ).join('')
}

function sentence(below: (count: number) => number): string {
  const from = below(words.length - 4)
  return words.slice(from, from + 4 + below(12)).join(' ')
}

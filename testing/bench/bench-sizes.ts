/** Messages of one page that is read. */
export const pageSize = 20
/** Chats that are read, each with messages; posts into these often meet another of the same chat. */
export const busyChats = 64
/** Chats that are written to as a community's are: seldom two posts at once into one. */
export const quietChats = 1_000
/** Connections that ask at once, unless it says otherwise. */
export const usualConnections = 64
/** What else is tried. */
export const connectionCounts = [1, 16, usualConnections, 256]
export const nodeCounts = [1, 2, 4]

/** Why the server closes a socket (RFC 6455, 7.4; from 4000 on our own). */
export const closeCodes = {
  /** The client did what it must not go on doing: too many frames or sockets, or a first frame that cannot be. */
  policy: 1008,
  /** This backend shuts down: reconnect after the retryAfterMs of the last frame. */
  restart: 1012,
  /** What is needed to serve is away: reconnect after a while. */
  tryLater: 1013,
  /** No token in time, or one that is not valid (any more): sign in. */
  token: 4401,
  /** Too slow to take what is sent: reconnect, naming what was received. */
  slow: 4409,
} as const

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes]

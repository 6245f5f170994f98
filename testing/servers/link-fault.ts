export interface Address {
  readonly host: string
  readonly port: number
}

/** The faults that are done to the bytes of one connection, whatever protocol it speaks. */
export type LinkFault =
  | { kind: 'pass' }
  /** RST on every connection there is, and on each new one as soon as the client sends bytes. */
  | { kind: 'reset' }
  /**
   * Connections are accepted and stay open, bytes are swallowed both ways. When it ends, a connection that came or
   * lost bytes meanwhile is reset, because what follows a gap would be another stream than the one sent.
   */
  | { kind: 'blackhole' }
  /** Answers arrive that much later. */
  | { kind: 'latency'; ms: number }
  /** An answer is cut after so many bytes, then the connection ends (FIN). */
  | { kind: 'truncate'; afterBytes: number }
  /** After so many bytes of an answer the client sees FIN and nothing more, but its bytes are read on. */
  | { kind: 'half-close'; afterBytes: number }
  /** The request goes through wholly; when the first byte of its answer comes the client's connection is reset. */
  | { kind: 'lose-answer' }
  /**
   * A connection is closed when nothing went over it for that long. One that waits for an answer is not idle: this
   * is a server's keep-alive running out, which no server does to a request it is working on.
   */
  | { kind: 'close-idle'; afterMs: number }

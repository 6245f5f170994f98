/** What a caller did wrong; its message is sent as plain text, as Consul does. */
export class Refusal extends Error {
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.name = 'Refusal'
    this.statusCode = statusCode
  }
}

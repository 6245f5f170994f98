/** A signed-in user of one or more backends, as a client sees them: addresses, JSON and headers. */
export interface ApiUser {
  readonly token: string
  readonly userId: number
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>
}

/** The fields that answers have, each where it belongs: which are there is for the test to say. */
export interface ApiBody {
  object: string
  id: string
  cid: string
  uid: number
  users: number[]
  rev: number
  seq: number
  text: string
  data: ApiBody[]
  nextCursor?: string
  token: string
  userId: number
  nodes: { id: string; state: string }[]
  code: number
  message: string
}

export interface ApiAnswer {
  status: number
  body: ApiBody
  headers: Headers
}

/** One request, its body sent as curl -d sends it. */
export async function callApi(
  url: string,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<ApiAnswer> {
  const { body, headers = {} } = options
  const answer = await fetch(`${url}${path}`, {
    method,
    headers:
      body === undefined ? headers : { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers }
}

/** Signs in one of the seed users, whose password is known. */
export async function signIn(url: string, username: string, password = '1234567890'): Promise<ApiUser> {
  const answer = await callApi(url, 'POST', '/v1/auth/sign-in', { body: { username, password } })
  if (answer.status !== 200) throw new Error(`could not sign in: ${JSON.stringify(answer.body)}`)
  const { token, userId } = answer.body
  return {
    token,
    userId,
    call: (method, path, body, headers = {}) =>
      callApi(url, method, path, { body, headers: { authorization: `Bearer ${token}`, ...headers } }),
  }
}

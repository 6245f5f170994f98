/** What the API takes and answers under /v1, named. Its times are unix seconds. The types are those of schema.ts. */
import type { components, paths } from './schema.ts'

type Json<Answer> = Answer extends { content: { 'application/json': infer Body } } ? Body : never
type AnswerOf<Operation, Status extends number> = Operation extends { responses: infer Answers }
  ? Status extends keyof Answers
    ? Json<Answers[Status]>
    : never
  : never
type BodyOf<Operation> = Operation extends { requestBody?: infer Body } ? Json<Body> : never

export type Token = components['schemas']['Token']
export type User = components['schemas']['User']
export type NewsEvent = components['schemas']['Event']

export type Chat = AnswerOf<paths['/v1/chats/{cid}']['get'], 200>
export type Message = AnswerOf<paths['/v1/chats/{cid}/messages']['post'], 201>
export type ReadMark = AnswerOf<paths['/v1/chats/{cid}/read']['post'], 200>

type Entries = AnswerOf<paths['/v1/chats/{cid}/messages']['get'], 200>
/** What follows a seq in the log of a chat, oldest first, none left out. */
export type EntryList = Extract<Entries, { lastSeq: number }>
/** An entry of a chat's log: each has its own number, `seq`. */
export type LogEntry = EntryList['data'][number]
/** Someone came or went, or the chat got another name. */
export type MembersEntry = Extract<LogEntry, { object: 'members' }>
/** What a page of a chat shows. */
export type ShownEntry = Message | MembersEntry

export type Topology = AnswerOf<paths['/v1/topology']['get'], 200>
export type TopologyNode = Topology['nodes'][number]

/** `nextCursor` is there only when there is more. */
export interface Page<T> {
  data: T[]
  nextCursor?: string
}

/** What signing up asks for; what is left out of a profile is not told. */
export type SignUp = Pick<
  BodyOf<paths['/v1/auth/sign-up']['post']>,
  'username' | 'password' | 'passwordConfirm' | 'gender'
> &
  ProfileChanges
export type ProfileChanges = NonNullable<BodyOf<paths['/v1/users/me']['put']>>

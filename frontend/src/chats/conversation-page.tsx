import { useParams, useSearch } from '@tanstack/react-router'
import { Conversation } from './conversation.tsx'

/** The chat that the address names. */
export function ConversationPage() {
  const { cid } = useParams({ from: '/chats/$cid' })
  const { seq } = useSearch({ from: '/chats/$cid' })
  return <Conversation key={cid} cid={cid} wantedSeq={seq} />
}

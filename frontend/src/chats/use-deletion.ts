import type { Message } from '../api/types.ts'
import { useSession } from '../session/session-context.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'

/** Deletes a message for everybody, after asking. Deleting what is deleted changes nothing, so it can be asked again. */
export function useDeletion(message: Message): () => void {
  const { api, logs } = useSession()
  const text = useText()
  const remove = async (): Promise<void> => {
    try {
      await api.deleteMessage(message)
      logs.catchUp(message.cid)
    } catch (failure) {
      alert(errorText(text, failure))
    }
  }
  return () => {
    if (confirm(text.chats.deleteQuestion)) void remove()
  }
}

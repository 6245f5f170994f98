import type { MembersEntry } from '../api/types.ts'
import type { Names } from '../people/use-names.ts'
import type { Texts } from '../text/en.ts'
import { useText } from '../text/language.tsx'

/** Who came and went, or what the chat is called from then on. */
export function MembersItem({ entry, names }: { entry: MembersEntry; names: Names }) {
  const text = useText()
  return (
    <li className="day" data-seq={entry.seq}>
      {sentences(entry, names, text.chats).join(' · ')}
    </li>
  )
}

function sentences(
  { uid, added, removed, name }: MembersEntry,
  names: Names,
  text: Texts['chats'],
): string[] {
  const who = names.orYou(uid)
  const others = (uids: readonly number[]) => uids.filter((one) => one !== uid)
  return [
    ...(added.includes(uid) ? [text.joined(who)] : []),
    ...(others(added).length > 0 ? [text.added(who, names.list(others(added)))] : []),
    ...(removed.includes(uid) ? [text.left_(who)] : []),
    ...(others(removed).length > 0 ? [text.removed(who, names.list(others(removed)))] : []),
    ...(name === undefined ? [] : [name === '' ? text.unnamed(who) : text.renamed(who, name)]),
  ]
}

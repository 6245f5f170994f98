/** First letter of a name, in a colour of its own per user. Decoration: the name stands beside it. */
export function Avatar({ id, name, isOnline = false }: { id: number; name: string; isOnline?: boolean }) {
  return (
    <span className={`avatar hue-${id % 8}${isOnline ? ' is-online' : ''}`} aria-hidden="true">
      {[...name][0]?.toUpperCase() ?? '?'}
    </span>
  )
}

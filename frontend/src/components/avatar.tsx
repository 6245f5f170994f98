/** First letter of a name, in a colour of its own per user. Decoration: the name stands beside it. */
export function Avatar({ id, name }: { id: number; name: string }) {
  return (
    <span className={`avatar hue-${id % 8}`} aria-hidden="true">
      {[...name][0]?.toUpperCase() ?? '?'}
    </span>
  )
}

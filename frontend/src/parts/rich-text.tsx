import { splitLinks } from './split-links.ts'

/** A text as it was written, with its web addresses to follow. Never HTML. */
export function RichText({ text }: { text: string }) {
  return splitLinks(text).map((piece, index) =>
    piece.href === undefined ? (
      piece.text
    ) : (
      <a
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never change places
        key={index}
        href={piece.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
      >
        {piece.text}
      </a>
    ),
  )
}

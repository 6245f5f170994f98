/** 24 x 24, drawn with strokes. */
const shapes = {
  chats: 'M4 5h16v11H9l-5 4z',
  people: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 9c0-4 3-6 7-6s7 2 7 6M16 4a4 4 0 0 1 0 7m3 4c2 .8 3 2.5 3 5',
  news: 'M4 5h13v14H5a1 1 0 0 1-1-1zm13 4h3v9a1 1 0 0 1-1 1h-2M7 9h7M7 13h7M7 16h4',
  topology: 'M12 8V12M12 12L6 16M12 12L18 16M9.5 3h5v5h-5zM3 16h5v5H3zM16 16h5v5h-5z',
  back: 'M15 5l-7 7 7 7',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21',
  more: 'M4.5 12h1M11.5 12h1M18.5 12h1',
  send: 'M4 12L20 4l-5 16-3-7z',
  down: 'M12 5v13M6 12l6 6 6-6',
  check: 'M4 12l5 5L20 7',
  checks: 'M1 13l4 4L14 8M11 16l1 1L22 8',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2',
  user: 'M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zm-8 9c0-4 3-6.5 8-6.5s8 2.5 8 6.5',
  plus: 'M12 5v14M5 12h14',
} as const

export type IconName = keyof typeof shapes

/** Decoration: what it means is said beside it or in the label of its button. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={shapes[name]} />
    </svg>
  )
}

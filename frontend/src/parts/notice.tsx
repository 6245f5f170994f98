import type { ReactNode } from 'react'

export interface NoticeProps {
  kind: 'info' | 'error'
  children: ReactNode
}

/** Said to the user where it belongs, aloud too. */
export function Notice({ kind, children }: NoticeProps) {
  return (
    <div className={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      {children}
    </div>
  )
}

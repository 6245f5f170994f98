import { Button } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { useText } from '../text/language.tsx'
import { Notice } from './notice.tsx'

/**
 * Instead of a page that failed, or that could not be fetched. A page of an earlier release is not there any more:
 * reloading brings the present one.
 */
export function PageFault() {
  const text = useText()
  const router = useRouter()
  return (
    <div className="page">
      <Notice kind="error">
        {text.pageFailed}{' '}
        <Button size="compact-sm" variant="default" onClick={() => void router.invalidate()}>
          {text.tryAgain}
        </Button>{' '}
        <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
          {text.reload}
        </Button>
      </Notice>
    </div>
  )
}

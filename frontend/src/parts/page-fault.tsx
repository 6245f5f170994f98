import { Button } from '@mantine/core'
import { useText } from '../text/language.tsx'
import { Notice } from './notice.tsx'

/** Instead of a page that failed. A page of an earlier release is not there any more: reloading brings the present one. */
export function PageFault() {
  const text = useText()
  return (
    <div className="page">
      <Notice kind="error">
        {text.pageFailed}{' '}
        <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
          {text.reload}
        </Button>
      </Notice>
    </div>
  )
}

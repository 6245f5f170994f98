import { useEffect, useState } from 'react'

/** The value, once it has not changed for so many ms: what is asked for as one types is asked for seldom. */
export function useLaterValue<T>(value: T, ms = 250): T {
  const [later, setLater] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return later
}

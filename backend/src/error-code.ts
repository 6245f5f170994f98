/** The code of an error of the system, a driver or a library, such as ECONNREFUSED; empty when it has none. */
export function errorCode(error: unknown): string {
  const { code } = Object(error) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

import { ApiError } from '../api/request.ts'
import type { Texts } from './en.ts'

/** What to tell a user of a failure. */
export function errorText(text: Texts, error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  const field = fieldOf(error)
  return text.errors[error.code] ?? (field && text.fieldErrors[field.name]) ?? error.message
}

/** Which field a failure is about, and what is wrong with it; undefined when it is about none. */
export function fieldError(text: Texts, error: unknown): { name: string; message: string } | undefined {
  if (!(error instanceof ApiError)) return undefined
  if (error.code === 4092) return { name: 'username', message: text.errors[4092] ?? error.message }
  const field = fieldOf(error)
  return field && { name: field.name, message: text.fieldErrors[field.name] ?? field.message }
}

/** The API names the field before the colon. */
function fieldOf(error: ApiError): { name: string; message: string } | undefined {
  const [, name, message] = /^(\w+): (.+)$/s.exec(error.message) ?? []
  return error.code === 4001 && name !== undefined && message !== undefined ? { name, message } : undefined
}

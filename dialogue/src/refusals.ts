import { AppError, errorCodes } from '@roundtable/common/errors'

/** A chat that is not there and one the user is no member of look the same. */
export function noSuchChat(): AppError {
  return new AppError(errorCodes.notFound, 'there is no such chat')
}

/** A message that is not there, was deleted, or is in another chat. */
export function noSuchMessage(): AppError {
  return new AppError(errorCodes.notFound, 'there is no such message')
}

/** Someone else wrote it. */
export function notTheAuthor(): AppError {
  return new AppError(errorCodes.forbidden, 'only its author may change or delete a message')
}

/** A direct chat is that of its two users, for good. */
export function directChatStays(): AppError {
  return new AppError(errorCodes.forbidden, 'a direct chat keeps its two users and has no name')
}

/** The message was edited by a request that came first. */
export function editedMeanwhile(): AppError {
  return new AppError(errorCodes.changedMeanwhile, 'the message was edited meanwhile: read it and try again')
}

/** Nothing to search for. */
export function noWords(): AppError {
  return new AppError(errorCodes.field, 'q: name one to ten words to search for')
}

/** The name of a request was used before for something else. */
export function nameReused(): AppError {
  return new AppError(errorCodes.keyReused, 'this id was used before with other content: take a new one')
}

/** A change was made on a revision that is no longer the last one. */
export function changedMeanwhile(): AppError {
  return new AppError(errorCodes.changedMeanwhile, 'the chat was changed meanwhile: read it and try again')
}

/** A cursor that no page of this list has given out. */
export function foreignCursor(): AppError {
  return new AppError(errorCodes.field, 'cursor: not from a page of this list')
}

/** Nothing was written. */
export function storeAway(cause: unknown): AppError {
  return new AppError(errorCodes.storeAway, 'the store is away: try again', { cause })
}

/** The write may or may not have happened. */
export function outcomeUnknown(cause: unknown): AppError {
  return new AppError(errorCodes.outcomeUnknown, 'the outcome is unknown: send it again with the same key', {
    cause,
  })
}

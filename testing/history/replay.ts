import { isAnswered, type Operation } from './history.ts'

/** Is told what happens, in real time. */
export interface Observer {
  onBegin(operation: Operation): void
  /** The end of one that was answered as asked. */
  onAnswer(operation: Operation): void
}

/**
 * Tells every begin and every good answer in real time, so that whoever is told of a begin has been told of all that
 * was over by then. Of a begin and an answer at the same moment the begin comes first: the two may have overlapped.
 */
export function replay(operations: readonly Operation[], observers: readonly Observer[]): void {
  const begins = operations.toSorted((a, b) => a.startedAt - b.startedAt)
  const answers = operations.filter(isAnswered).sort((a, b) => a.endedAt - b.endedAt)
  let told = 0
  const tellAnswersBefore = (time: number): void => {
    for (let next = answers[told]; next !== undefined && next.endedAt < time; next = answers[++told]) {
      for (const observer of observers) observer.onAnswer(next)
    }
  }
  for (const operation of begins) {
    tellAnswersBefore(operation.startedAt)
    for (const observer of observers) observer.onBegin(operation)
  }
  tellAnswersBefore(Number.POSITIVE_INFINITY)
}

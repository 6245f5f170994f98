import { expect, test } from '@jest/globals'
import { MongoClient, MongoNetworkError, MongoServerError } from 'mongodb'
import { storeAway } from '../refusals.ts'
import { afterWrite, asAway, asUnknown, duplicateOf, isWorthASecondTry, StoreTimeout } from './errors.ts'

const socketError = (code: string) => Object.assign(new Error('write'), { code })
const serverError = (code: number) => new MongoServerError({ message: 'no', code })

test.each([
  ['a broken connection', new MongoNetworkError('reset'), true],
  ['a socket ended by the other side', socketError('EPIPE'), true],
  ['a stream that was destroyed', socketError('ERR_STREAM_DESTROYED'), true],
  ['a server that is no primary any more', serverError(10_107), true],
  ['a server that refuses', serverError(13), false],
  ['no answer in time', new StoreTimeout(800), false],
])('%s: to be read is 5032, to be written 5031', (_, error, again) => {
  expect(asAway(error)).toMatchObject({ code: 5032, cause: error })
  expect(asUnknown(error)).toMatchObject({ code: 5031, cause: error })
  expect(isWorthASecondTry(error)).toBe(again)
})

test('a write for which no server was found was surely not sent', async () => {
  const nowhere = new MongoClient('mongodb://127.0.0.1:1', { serverSelectionTimeoutMS: 20 })
  const error = await nowhere.connect().catch((reason: unknown) => reason)
  expect(asUnknown(error)).toMatchObject({ code: 5032, cause: error })
})

test('a fault of ours is passed on as it is', () => {
  const ours = Object.assign(new TypeError('no such field'), { code: 'ERR_INVALID_ARG_TYPE' })
  expect(asAway(ours)).toBe(ours)
  expect(asUnknown(ours)).toBe(ours)
  expect(asUnknown(storeAway(ours))).toMatchObject({ code: 5032 })
})

test('what cannot be asked after a write leaves its outcome unknown', async () => {
  await expect(afterWrite(Promise.reject(storeAway('gone')))).rejects.toMatchObject({ code: 5031 })
  await expect(afterWrite(Promise.resolve(1))).resolves.toBe(1)
})

test.each([
  [{ code: 11_000, keyPattern: { _id: 1 } }, '_id'],
  [{ code: 11_000, keyPattern: { cid: 1, seq: 1 } }, 'other'],
  [
    { code: 11_000, errmsg: 'E11000 duplicate key error collection: d.messages index: _id_ dup key: {}' },
    '_id',
  ],
  [
    { code: 11_000, errmsg: 'E11000 duplicate key error collection: d.messages index: log dup key: {}' },
    'other',
  ],
  [{ code: 50, errmsg: 'operation exceeded time limit' }, undefined],
])('%j is a duplicate of %s', (error, what) => {
  expect(duplicateOf({ index: 0, ...error })).toBe(what)
})

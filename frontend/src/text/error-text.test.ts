import { expect, test } from '@jest/globals'
import { ApiError } from '../api/request.ts'
import { en } from './en.ts'
import { errorText, fieldError } from './error-text.ts'
import { ru } from './ru.ts'

const wrongField = new ApiError(4001, 'username: 5 to 30 characters')

test('a failure about a field names the field', () => {
  expect(fieldError(en, wrongField)).toEqual({ name: 'username', message: '5 to 30 characters' })
  expect(fieldError(ru, wrongField)).toEqual({ name: 'username', message: 'от 5 до 30 знаков' })
  expect(fieldError(en, new ApiError(4092, 'this name is taken'))).toEqual({
    name: 'username',
    message: 'this name is taken',
  })
})

test('any other failure is about none', () => {
  expect(fieldError(en, new ApiError(4012, 'wrong user name or password'))).toBeUndefined()
  expect(fieldError(en, new Error('username: really'))).toBeUndefined()
})

test('what is not in a dictionary is said in the words of the API', () => {
  expect(errorText(en, new ApiError(4012, 'wrong user name or password'))).toBe('wrong user name or password')
  expect(errorText(ru, new ApiError(4012, 'wrong user name or password'))).toBe(
    'неверное имя пользователя или пароль',
  )
  expect(errorText(ru, new ApiError(4999, 'something new'))).toBe('something new')
})

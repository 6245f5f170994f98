import { expect, test } from '@jest/globals'
import { createConnection } from 'mysql2/promise'
import { startMariadb } from './mariadb.ts'
import { describeWith } from './needs.ts'

describeWith('mariadbd', 'MariaDB', () => {
  test('comes back on its data and port after it was killed', async () => {
    const mariadb = await startMariadb()
    const query = async (sql: string) => {
      const { port, user, password, database } = mariadb
      const connection = await createConnection({ host: '127.0.0.1', port, user, password, database })
      try {
        return (await connection.query(sql))[0]
      } finally {
        await connection.end()
      }
    }
    try {
      await query('CREATE TABLE things AS SELECT 7 AS a')
      const before = mariadb.process
      before.signal('SIGKILL')
      await mariadb.startAgain()
      expect(mariadb.process.pid).not.toBe(before.pid)
      expect(await query('SELECT a FROM things')).toEqual([{ a: 7 }])
    } finally {
      await mariadb.close()
    }
  })
})

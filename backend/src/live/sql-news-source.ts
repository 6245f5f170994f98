import type { Database } from '../database/open-database.ts'
import type { NewsStore } from '../news/store.ts'
import type { NewsSource } from './ports/news-source.ts'

/** News of those one follows, from MySQL or SQLite: docs/schema/mysql.md. */
export function createSqlNewsSource(db: Database, news: Pick<NewsStore, 'feed'>): NewsSource {
  return {
    feed: (uid, page) => news.feed(uid, page),

    async followed(uid, limit) {
      const rows = await db
        .selectFrom('friendships')
        .select('friend_id')
        .where('uid', '=', uid)
        .orderBy('friend_id')
        .limit(limit)
        .execute()
      return rows.map(({ friend_id }) => friend_id)
    },
  }
}

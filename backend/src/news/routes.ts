import { derivedResourceId } from '@roundtable/common/resource-id'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { IdempotencyHeaders } from '../chats/schemas.ts'
import { EventList, EventObject, NewsPage, PostBody, toEventObject, toEventPage } from './schemas.ts'
import type { NewsStore, OnNews } from './store.ts'

/** A post that is asked for again so many seconds after it was stored may not have been told. */
const maxRepeatS = 60

export interface NewsRoutesOptions {
  news: NewsStore
  onNews: OnNews
}

/** What those do and write whom one follows. */
export const newsRoutes: FastifyPluginAsyncZod<NewsRoutesOptions> = async (app, { news, onNews }) => {
  app.post(
    '/',
    {
      schema: {
        summary: 'Write to those who follow the caller',
        headers: IdempotencyHeaders,
        body: PostBody,
        response: { 201: EventObject },
      },
    },
    async ({ body, headers, user: { uid } }, reply) => {
      const key = headers['idempotency-key']
      const request = key === undefined ? {} : { requestId: derivedResourceId(uid, 'news', key) }
      const event = await news.post({ uid, text: body.text, ...request })
      // Of an old post that is asked for again everybody has heard.
      if (Date.now() / 1000 - event.ts < maxRepeatS) onNews(event)
      reply.code(201)
      return toEventObject(event)
    },
  )

  app.get(
    '/',
    {
      schema: {
        summary: 'News of those the caller follows, and own posts, newest first',
        querystring: NewsPage,
        response: { 200: EventList },
      },
    },
    async ({ query: { limit, cursor }, user }) => {
      // One more than asked for tells whether there is more.
      const page = { limit: limit + 1, ...(cursor === undefined ? {} : { before: cursor }) }
      return toEventPage(await news.feed(user.uid, page), limit)
    },
  )
}

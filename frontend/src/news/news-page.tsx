import { Button, Textarea } from '@mantine/core'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { newKey } from '../api/new-key.ts'
import type { NewsEvent, Page } from '../api/types.ts'
import { Avatar } from '../parts/avatar.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Notice } from '../parts/notice.tsx'
import { RichText } from '../parts/rich-text.tsx'
import { type Names, useNames } from '../people/use-names.ts'
import { queryKeys } from '../session/query-keys.ts'
import { useSession } from '../session/session-context.ts'
import type { Texts } from '../text/en.ts'
import { errorText } from '../text/error-text.ts'
import { useText } from '../text/language.tsx'
import './news.css'

/** What those do and write whom one follows, as it happens. */
export function NewsPage() {
  const { api } = useSession()
  const text = useText()
  const names = useNames()
  const feed = useInfiniteQuery({
    queryKey: queryKeys.news,
    queryFn: ({ pageParam, signal }) => api.listNews({ cursor: pageParam, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: Page<NewsEvent>) => nextCursor,
  })
  const events = feed.data?.pages.flatMap(({ data }) => data)
  return (
    <div className="page">
      <h1>{text.news.title}</h1>
      <PostForm />
      {feed.error && (
        <Notice kind="error">
          {errorText(text, feed.error)}{' '}
          <button type="button" className="link" onClick={() => void feed.refetch()}>
            {text.tryAgain}
          </button>
        </Notice>
      )}
      {!events && !feed.error && <p className="hint">{text.loading}</p>}
      {events?.length === 0 && <p className="hint">{text.news.none}</p>}
      <ul className="news" aria-label={text.news.list}>
        {events?.map((event) => (
          <NewsItem key={event.id} event={event} names={names} />
        ))}
      </ul>
      <LoadMore
        hasMore={feed.hasNextPage}
        isLoading={feed.isFetchingNextPage}
        hasFailed={feed.error !== null}
        onLoad={() => void feed.fetchNextPage()}
        label={text.news.more}
      />
    </div>
  )
}

/** Writes to those who follow the user. A post that could not be sent stays where it was written. */
function PostForm() {
  const { api, addNews } = useSession()
  const text = useText()
  const [words, setWords] = useState('')
  const [key, setKey] = useState(newKey)
  const post = useMutation({
    mutationFn: (sent: string) => api.post(sent.trim(), key),
    onSuccess(event, sent) {
      addNews(event)
      // What was typed meanwhile is another post, with a key of its own.
      if (words !== sent) return
      setWords('')
      setKey(newKey())
    },
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (words.trim() !== '' && !post.isPending) post.mutate(words)
  }
  return (
    <form className="post-form" onSubmit={submit}>
      <Textarea
        aria-label={text.news.write}
        placeholder={text.news.write}
        dir="auto"
        rows={3}
        value={words}
        error={post.error ? errorText(text, post.error) : undefined}
        onChange={(event) => {
          setWords(event.target.value)
          setKey(newKey())
        }}
      />
      <div className="form-foot">
        <Button type="submit" loading={post.isPending} disabled={words.trim() === ''}>
          {text.news.post}
        </Button>
      </div>
    </form>
  )
}

function NewsItem({ event, names }: { event: NewsEvent; names: Names }) {
  const text = useText()
  const at = new Date(event.ts * 1000)
  const isPost = event.name === 'post'
  return (
    <li className={isPost ? 'news-item is-post' : 'news-item'}>
      <Avatar id={event.uid} name={names.of(event.uid)} />
      <div className="news-body">
        <p>
          <Link to="/people/$id" params={{ id: String(event.uid) }} className="news-who" dir="auto">
            {names.orYou(event.uid)}
          </Link>{' '}
          {!isPost && wordsOf(event, names, text)}
          <time className="line-sub" dateTime={at.toISOString()}>
            {at.toLocaleString(text.locale, { dateStyle: 'medium', timeStyle: 'short' })}
          </time>
        </p>
        {isPost && (
          <div className="news-text" dir="auto">
            <RichText text={event.message} />
          </div>
        )}
      </div>
    </li>
  )
}

function wordsOf({ name, friendId, message }: NewsEvent, names: Names, { news }: Texts): string {
  const whom = friendId === undefined ? '' : names.orYou(friendId)
  switch (name) {
    case 'login':
      return news.login
    case 'logout':
      return news.logout
    case 'follow':
      return news.follow(whom)
    case 'unfollow':
      return news.unfollow(whom)
    case 'post':
      return message
  }
}

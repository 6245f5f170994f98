import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
} from '@tanstack/react-router'
import { lazyComponent } from './parts/lazy-component.ts'
import { PageFault } from './parts/page-fault.tsx'
import { PageHint } from './parts/page-hint.tsx'
import { isResourceId } from './shell/is-resource-id.ts'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Shell })

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/chats', replace: true })
  },
})

const chats = createRoute({
  getParentRoute: () => root,
  path: '/chats',
  component: lazyComponent(() => import('./chats/chats-page.tsx'), 'ChatsPage'),
})
const chat = createRoute({
  getParentRoute: () => chats,
  path: '$cid',
  /** `seq`: the message to show, of a search. */
  validateSearch: ({ seq }: Record<string, unknown>): { seq?: number } =>
    typeof seq === 'number' && Number.isSafeInteger(seq) ? { seq } : {},
  beforeLoad: ({ params }) => {
    if (!isResourceId(params.cid)) throw redirect({ to: '/chats', replace: true })
  },
  component: lazyComponent(() => import('./chats/conversation-page.tsx'), 'ConversationPage'),
})

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  component: lazyComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
})
const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$id',
  component: lazyComponent(() => import('./people/profile-page.tsx'), 'ProfilePage'),
})
const news = createRoute({
  getParentRoute: () => root,
  path: '/news',
  component: lazyComponent(() => import('./news/news-page.tsx'), 'NewsPage'),
})
const topology = createRoute({
  getParentRoute: () => root,
  path: '/topology',
  component: lazyComponent(() => import('./topology/topology-page.tsx'), 'TopologyPage'),
})

/** After the # of the address: whatever serves the page needs to know of one address only. */
export const router = createRouter({
  routeTree: root.addChildren([start, chats.addChildren([chat]), people, person, news, topology]),
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFault,
  defaultNotFoundComponent: () => <PageHint say={(text) => text.nothingHere} />,
})

/** Fetches what is shown later, so that it is here when the network goes. What cannot be had is asked for when it is shown. */
export async function fetchAhead(): Promise<void> {
  for (const { options } of Object.values(router.routesById)) await options.component?.preload?.()
  await Promise.allSettled([import('./chats/new-chat-dialog.tsx'), import('./chats/chat-dialog.tsx')])
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
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
  component: lazyRouteComponent(() => import('./chats/chats-page.tsx'), 'ChatsPage'),
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
  component: lazyRouteComponent(() => import('./chats/conversation-page.tsx'), 'ConversationPage'),
})

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
})
const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$id',
  component: lazyRouteComponent(() => import('./people/profile-page.tsx'), 'ProfilePage'),
})
const news = createRoute({
  getParentRoute: () => root,
  path: '/news',
  component: lazyRouteComponent(() => import('./news/news-page.tsx'), 'NewsPage'),
})
const topology = createRoute({
  getParentRoute: () => root,
  path: '/topology',
  component: lazyRouteComponent(() => import('./topology/topology-page.tsx'), 'TopologyPage'),
})

/** After the # of the address: whatever serves the page needs to know of one address only. */
export const router = createRouter({
  routeTree: root.addChildren([start, chats.addChildren([chat]), people, person, news, topology]),
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultErrorComponent: PageFault,
  defaultNotFoundComponent: () => <PageHint say={(text) => text.nothingHere} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

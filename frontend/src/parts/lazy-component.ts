import { lazyRouteComponent } from '@tanstack/react-router'

/**
 * A component that is fetched when it is first shown, or sooner by its `preload`. What could not be fetched is an error
 * of the page that shows it, and is asked for again by the next `preload`.
 */
export function lazyComponent<Module extends Record<string, unknown>, Name extends keyof Module>(
  fetchModule: () => Promise<Module>,
  name: Name,
) {
  return lazyRouteComponent(async () => {
    try {
      return await fetchModule()
    } catch (cause) {
      // For the browser's own error the router reloads the page: without a network, all of it would be gone.
      throw new Error('a part of the page could not be fetched', { cause })
    }
  }, name)
}

/**
 * A port that is made when it is first asked: what one short-lived process never asks for costs it nothing.
 * Its methods must not need `this`. A failure to make it is the caller's, each time it asks.
 */
export function whenAsked<T extends object>(make: () => T): T {
  let made: T | undefined
  return new Proxy({} as T, {
    get: (_target, key) => Reflect.get(made ??= make(), key),
    has: (_target, key) => key in (made ??= make()),
  })
}

/** What is made when it is first asked, and kept. */
export function onceAsked<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

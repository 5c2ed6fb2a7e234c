import { jsx } from 'hono/jsx'

/** Every value is escaped by hono/jsx; there is no raw HTML in any page of ours. */
export type Node = ReturnType<typeof jsx>

/** A page of ours: never indexed, as wide as the screen; the rest of its head is its own. */
export function documentOf(title: string, head: readonly Node[], body: readonly Node[]): string {
  const page = jsx(
    'html',
    { lang: 'en' },
    jsx(
      'head',
      {},
      jsx('meta', { charset: 'utf-8' }),
      jsx('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      jsx('meta', { name: 'robots', content: 'noindex, nofollow' }),
      jsx('title', {}, title),
      ...head,
    ),
    jsx('body', {}, ...body),
  )
  return `<!doctype html>${String(page)}`
}

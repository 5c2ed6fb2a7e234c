import { readFileSync } from 'node:fs'

export interface Signed {
  readonly id: string
  readonly signature: string
  readonly body: string
}

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
const code = /```js\n([\s\S]*?)```/.exec(page)![1]!

/** The check that docs/webhooks.md gives to receivers, as it stands there. */
export const { verifySignature } = await import(
  `data:text/javascript,${encodeURIComponent(code)}`
) as { verifySignature: (key: string, signed: Signed, now?: number) => boolean }

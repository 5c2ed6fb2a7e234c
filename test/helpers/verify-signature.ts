import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface Signed {
  readonly id: string
  readonly signature: string
  readonly body: string
}

interface Example {
  readonly verifySignature: (key: string, signed: Signed, now?: number) => boolean
}

/** The check that docs/webhooks.md gives to receivers, as it stands there. */
async function example(): Promise<Example> {
  const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
  const dir = mkdtempSync(join(tmpdir(), 'rampart-example-'))
  try {
    const file = join(dir, 'verify.mjs')
    writeFileSync(file, /```js\n([\s\S]*?)```/.exec(page)![1]!)
    return await import(pathToFileURL(file).href) as Example
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

export const { verifySignature } = await example()

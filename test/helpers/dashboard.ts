import { createApp } from '../../src/http/app.ts'
import type { Transport } from '../../src/http/transport.ts'
import { createApi } from '../../src/service/create-api.ts'
import { sha256 } from '../../src/service/digest.ts'
import type { Settings } from '../../src/service/services.ts'
import { type Bench, bench } from './service.ts'

const POLICY = `version: "1"
default_action: allow
policies:
  - name: p
    rules:
      - {action: require_approval, when: {command_matches: "deploy*"}, message: Deploying needs a person}
`

export const ORIGIN = 'http://127.0.0.1:9090'

/** A browser of which a test chooses every header. */
export interface Page {
  readonly bench: Bench
  send(path: string, init?: RequestInit, env?: Transport): Promise<Response>
  /** A form as the page of `rampart dashboard` sends it. */
  post(code: string, headers?: Record<string, string>, origin?: string): Promise<Response>
  code(): Promise<string>
  /** What a browser holds after a login: to be sent with every request of the page. */
  login(origin?: string): Promise<Record<'cookie' | 'x-rampart-session', string>>
}

/** The real app over the real use cases, on memory. */
export async function page(settings: Partial<Settings> = {}): Promise<Page> {
  const one = bench(POLICY, { settings })
  const api = createApi(one.services, { adminTokenHash: await sha256('admin-token') })
  const app = createApp(api, { settings: one.services.settings, host: '127.0.0.1' })
  const self: Page = {
    bench: one,
    send: (path, init, env) =>
      app.fetch(new Request(new URL(path, ORIGIN), init), env ?? { transport: 'tcp' }),
    post: (code, headers = {}, origin = ORIGIN) =>
      self.send(`${origin}/dashboard/login`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: 'null',
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
          ...headers,
        },
        body: `code=${code}`,
      }),
    async code() {
      const answer = await self.send('/v1/dashboard/logins', {
        method: 'POST',
        headers: { authorization: 'Bearer admin-token', 'content-type': 'application/json' },
        body: '{}',
      })
      return (await answer.json()).code
    },
    async login(origin) {
      const answer = await self.post(await self.code(), {}, origin)
      const cookie = /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
      const secret = /name="rampart-session" content="([0-9a-f.]{81})"/.exec(await answer.text())
      return { cookie, 'x-rampart-session': secret?.[1] ?? '' }
    },
  }
  return self
}

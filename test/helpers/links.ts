import { createApp } from '../../src/http/app.ts'
import { createApi } from '../../src/service/create-api.ts'
import { linkFor, type LinkMode } from '../../src/service/links.ts'
import type { Services } from '../../src/service/services.ts'
import { ask, asked, POLICY } from './ask.ts'
import { type Bench, bench } from './service.ts'

export const PLACE = 'http://127.0.0.1:9090'

export interface Linked {
  readonly one: Bench
  readonly services: Services
  readonly waiting: ReturnType<typeof ask>
  readonly id: string
  /** A new link to the open question. */
  link(to?: string): Promise<string>
  request(url: string, init?: RequestInit, transport?: 'tcp' | 'socket'): Promise<Response>
}

/** A bench on which a question is open, with links. */
export async function linked(
  mode: LinkMode = 'decide',
  policy: string = POLICY,
  command = 'deploy',
): Promise<Linked> {
  const one = bench(policy)
  const links = { mode, key: () => 'the link key', place: () => PLACE }
  const services: Services = { ...one.services, links }
  const waiting = ask(one, {}, command)
  waiting.catch(() => {})
  await asked(one)
  const [row] = [...one.approvals.values()]
  const api = createApi(services, { adminTokenHash: '' })
  const app = createApp(api, { settings: services.settings, host: '127.0.0.1' })
  return {
    one,
    services,
    waiting,
    id: row!.id,
    link: async (to = 'slack') => (await linkFor(services, row!, to))!,
    request: (url, init = {}, transport = 'tcp') =>
      app.fetch(
        new Request(url, init),
        transport === 'tcp' ? { transport } : { transport, uid: 7 },
      ),
  }
}

export const tokenOf = (link: string): string => link.slice(`${PLACE}/approve/`.length)

export const formIn = (page: string): string =>
  /name="form" value="([0-9a-f]{32})"/.exec(page)?.[1] ?? ''

/** A form as a browser sends it. */
export function posted(
  form: string,
  answer: string,
  headers: Record<string, string> = {},
): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ form, answer }).toString(),
  }
}

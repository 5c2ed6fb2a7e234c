import type { Device } from '../audit/format/said.ts'
import { createNotifier, type Notifier } from '../adapters/notifier.ts'
import type { NotifyContext } from '../adapters/notify-runner.ts'
import { keyFile } from '../adapters/signature.ts'
import { codeOf, statusAt } from '../approval/approval.ts'
import type { Clock, Ids, Log } from '../ports.ts'
import { linkFor, type LinkMaker } from '../service/links.ts'
import type { Services } from '../service/services.ts'
import type { Watching } from '../adapters/policy-watch.ts'
import { type Config, places } from './config.ts'
import { watchNotify } from './config-watch.ts'

/** Who is told, and the links that they are sent. */
export interface Notifying {
  readonly notifier: Notifier
  readonly links: LinkMaker
  /** The server answers at this address: tell from now on, and follow changes of who is told. */
  begin(services: Services, url: string): Promise<void>
  /** Follow nothing any more. */
  end(): void
}

export interface NotifyingOptions {
  readonly home: string
  readonly config: Config
  /** Of the trail. */
  readonly dir: string
  readonly device: () => Promise<Device>
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
}

/** Policies name destinations, and so does config.yaml: all of them are told, from each change on. */
export function notifying(options: NotifyingOptions): Notifying {
  const { home, config: { values }, dir, device, clock, ids, log } = options
  const { webhookKey, linkKey } = places(home)
  const reach = { allowPrivate: values.webhooks_private }
  const key = keyFile(webhookKey)
  const notifier = createNotifier({ dir, device, clock, ids, log, key, reach })
  let place: string | undefined
  let watching: Watching | undefined
  const links: LinkMaker = {
    mode: values['approvals.links'],
    key: keyFile(linkKey),
    place: () => place,
  }
  return {
    notifier,
    links,
    async begin(services, url) {
      place = values.public_url ?? new URL(url).origin
      let own = values.notify
      const use = () => notifier.use([...services.policies.current().set.notify, ...own])
      notifier.start(services.audit, contextOf(services, device, () => `${place}/dashboard`))
      services.policies.onChange(() => void use())
      await use()
      const { config: path } = places(home)
      watching = watchNotify({ path, clock, log, use: (notify) => (own = notify, use()) })
    },
    end: () => watching?.close(),
  }
}

function contextOf(
  services: Services,
  device: () => Promise<Device>,
  dashboard: () => string,
): NotifyContext {
  return {
    device,
    async question(id) {
      const row = await services.approvals.get(id)
      if (row === undefined) return undefined
      const isOpen = statusAt(row, services.clock.now()) === 'pending'
      return isOpen ? { id, expiresAt: row.expiresAt, code: codeOf(row) } : 'settled'
    },
    async link({ question, event }, name) {
      if (question === undefined) {
        return `${dashboard()}#/audit${event === undefined ? '' : `/event/${event}`}`
      }
      // A link that cannot be made keeps nobody from being told.
      const link = await linkFor(services, question, name).catch((error) => {
        services.log.error('Cannot make a link', error)
        return undefined
      })
      return link ?? `${dashboard()}#/approvals/${question.id}`
    },
  }
}

import { openAuditLog } from '../adapters/audit-log.ts'
import { lateAnchors } from '../adapters/audit-anchors-late.ts'
import { systemClock } from '../adapters/clock.ts'
import { openDatabase } from '../adapters/database.ts'
import { ulids } from '../adapters/ids.ts'
import { createStderrLog } from '../adapters/stderr-log.ts'
import { whenAsked } from '../adapters/when-asked.ts'
import { redact } from '../audit/redact.ts'
import type { Clock, WebhookClient } from '../ports.ts'
import type { Services, Settings } from '../service/services.ts'
import { auditDirectory, type Config, type Environment, places } from './config.ts'
import { awayStores, machineOf, settingsOf, storesOf } from './compose-stores.ts'
import { openPolicies } from './policy-sources.ts'
import { parsesOf, refusing } from './local-parts.ts'
import { ownDirectory } from './state.ts'
import { notedStore } from './store.ts'

/** Services of one process with the way to give back what they hold. */
export interface Local {
  readonly services: Services
  close(): Promise<void>
}

/**
 * Everything one decision in this process needs, beside a server that does not answer or is none: the same
 * policies, stores and trail. What such a process seldom needs is loaded when it does.
 */
export async function composeLocal(environment: Environment, config: Config): Promise<Local> {
  const { home } = environment
  const clock = systemClock()
  const ids = ulids(clock)
  const log = createStderrLog({ level: environment.debug ? 'info' : 'warn' })
  const dir = auditDirectory(home, config)
  await ownDirectory(dir)
  const database = openDatabase(places(home).database)
  try {
    const machine = machineOf(config, home, clock)
    const anchors = lateAnchors({ dir, keys: places(home).keys, clock, log })
    const { policy, profile } = config.values
    const choice = { policy, profile, overlay: true, bundle: config.values }
    const policies = await openPolicies(
      environment,
      choice,
      { ...machine, clock, log },
      false,
      await parsesOf(home, 'making'),
    )
    const audit = await openAuditLog({ dir, clock, ids, log, observers: [anchors] })
    const away = config.values.store === undefined ? notedStore(home) : 'a shared store'
    // Nobody sits at a server to be asked.
    const settings: Settings = { ...settingsOf(config, clock.now()), onNoApprover: 'deny' }
    return {
      services: {
        settings,
        policies,
        audit,
        reader: refusing('reader', 'A decision'),
        ...(away === undefined
          ? storesOf(database, home, whenAsked)
          : awayStores(database, home, away)),
        ...machine,
        webhooks: webhooksOf(home, config, clock),
        clock,
        ids,
        log,
        hide: (json) => redact(json, {}),
      },
      async close() {
        await policies.close()
        await audit.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}

function webhooksOf(home: string, config: Config, clock: Clock): WebhookClient {
  return {
    async ask(request) {
      const { createWebhookClient } = await import('../adapters/webhook.ts')
      const { keyFile } = await import('../adapters/signature.ts')
      const allowPrivate = config.values.webhooks_private
      const key = keyFile(places(home).webhookKey)
      return await createWebhookClient({ allowPrivate, clock, key }).ask(request)
    },
  }
}

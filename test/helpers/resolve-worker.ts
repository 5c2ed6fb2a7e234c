// Answers one question many times from a process of its own; prints how each answer was taken.
import process from 'node:process'
import { composeState } from '../../src/cli/compose.ts'
import { environmentOf, loadConfig } from '../../src/cli/config.ts'
import { resolveAll } from '../../src/service/resolve.ts'
import type { Services } from '../../src/service/services.ts'

const [home = '', id = '', me = '', count = '0'] = process.argv.slice(2)
const environment = environmentOf({ RAMPART_HOME: home }, home)
const config = await loadConfig(environment, { serving: false, flags: new Map() })
const { services, close } = await composeState(environment, config)
const caller = { principal: `token:${me}`, scopes: ['approve'] as const, agent: me }
const answers = await Promise.all(
  Array.from({ length: Number(count) }, (_, turn) =>
    resolveAll(
      // Answering asks no policy.
      services as unknown as Services,
      caller,
      [id],
      { approved: turn % 2 === 0 },
      'cli',
    )),
)
for (const [answer] of answers) {
  process.stdout.write(`${'error' in answer! ? answer.error.code : answer!.approval.status}\n`)
}
await close()

import process from 'node:process'
import { systemClock } from '../../adapters/clock.ts'
import { answering } from '../approvals.ts'
import { connect } from '../client.ts'
import type { Invocation } from '../command.ts'
import { isTerminal, safe } from '../output.ts'
import { printEvent } from '../trail.ts'
import { keepLink, type LinkNews } from '../watch/link.ts'

/** Live: full-screen on a person's terminal, else one line an event. */
export function run(invocation: Invocation): Promise<number> {
  const { flags, out, environment } = invocation
  const isScreen = isTerminal() && process.stdin.isTTY === true && !environment.isDumb
  const isFull = isScreen && !flags.has('plain') && !out.json
  return answering(invocation, async () => {
    if (!isFull) return await watchPlain(invocation)
    const { watchFull } = await import('../watch/full.ts')
    const colour = !environment.noColour
    await watchFull({ connect: () => connect(invocation), clock: systemClock(), colour })
    return 0
  })
}

/** Until its reader, or a signal, ends it. */
async function watchPlain(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const { signal } = new AbortController()
  const heard = (news: LinkNews) => {
    if (news.kind === 'events') { for (const event of news.events) printEvent(event, out) }
    if (news.kind === 'gap') out.note(safe`events ${news.from} to ${news.to} are gone`)
    if (news.kind === 'lost') {
      out.note(safe`no connection, again in ${Math.ceil(news.inMs / 1000)} s: ${news.why}`)
    }
  }
  await keepLink({ connect: () => connect(invocation), clock: systemClock(), signal, heard })
  return 0
}

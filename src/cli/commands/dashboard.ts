import { spawn } from 'node:child_process'
import { unlink } from 'node:fs/promises'
import process from 'node:process'
import { systemClock } from '../../adapters/clock.ts'
import { RampartError } from '../../errors.ts'
import { type Client, connect, notRunning } from '../client.ts'
import type { Invocation } from '../command.ts'
import { loadConfig } from '../config.ts'
import { originFor, writeLoginPage } from '../dashboard-page.ts'
import { safe } from '../output.ts'
import { readServerFile } from '../server-file.ts'

const ASK_MS = 200
/** An opener that has not ended by then has become the browser. */
const STAYS_MS = 3000

interface Login {
  readonly id: string
  readonly code: string
  readonly expires_at: string
}

/**
 * Open the dashboard in the person's browser. The code is in a file that only this account reads: never in
 * an argument or a URL, which every process may read (security.md F40).
 */
export async function run(invocation: Invocation): Promise<number> {
  const { environment: { home }, flags, out } = invocation
  const server = await readServerFile(home)
  if (server === undefined) throw notRunning(home)
  const client = await connect(invocation)
  const login = await client.post('/v1/dashboard/logins', {}) as Login
  const { values } = await loadConfig(invocation.environment, { serving: false, flags })
  const place = flags.has('local') ? server.url : values.public_url ?? server.url
  const page = await writeLoginPage(home, place, login.code)
  const forget = forgetOnSignals(page)
  try {
    const wanted = !flags.has('print') && !flags.has('no-open')
    const opened = wanted && await open(page)
    const { expires_at } = login
    const url = `${originFor(place)}/dashboard`
    if (out.json) out.row({ page, url, opened, expires_at })
    else if (opened) out.line(safe`Opening ${url}`)
    else {
      out.line(safe`Open this page in a browser within 30 seconds, once:`)
      out.line(safe`  ${page}`)
      out.line(
        place === server.url
          ? safe`From another machine, forward the port of ${place} and copy the page there.`
          : safe`From another machine, copy the page there.`,
      )
    }
    if (await used(client, login.id)) return 0
    throw new RampartError('unavailable', 'Nobody opened the page within 30 seconds')
  } finally {
    forget()
    await unlink(page).catch(() => {})
  }
}

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['/usr/bin/open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Whether a program took the page: it hands over to a browser and ends, with 0 where there is one. */
function open(page: string): Promise<boolean> {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  return new Promise((resolve) => {
    const child = spawn(program!, [...args, page], { stdio: 'ignore', detached: true })
    const settle = (taken: boolean) => {
      clearTimeout(patience)
      resolve(taken)
    }
    const patience = setTimeout(() => settle(true), STAYS_MS)
    child.on('error', () => settle(false))
    child.on('exit', (code) => settle(code === 0))
    child.unref()
  })
}

async function used(client: Client, id: string): Promise<boolean> {
  const clock = systemClock()
  for (;;) {
    const { state } = await client.get(`/v1/dashboard/logins/${id}`) as { state: string }
    if (state !== 'waiting') return state === 'used'
    await clock.sleep(ASK_MS)
  }
}

/** A person who interrupts leaves no page behind. Returns how to stop listening. */
function forgetOnSignals(page: string): () => void {
  const end = () => {
    void unlink(page).catch(() => {}).then(() => process.exit(130))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, end)
  return () => {
    for (const signal of signals) process.off(signal, end)
  }
}

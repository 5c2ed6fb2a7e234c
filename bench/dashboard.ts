import { Agent, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { SCRIPT } from '../src/embedded/dashboard.ts'
import { dashboard, findBrowser, goTo } from '../test/dashboard/browser.ts'
import type { Served } from '../test/e2e/server.ts'
import { type Section, spread, table } from './common.ts'

const LOADS = 11
const EVENTS_A_SECOND = 100
const SECONDS = 8

/** The dashboard in Chromium on this machine: its size, its first paint, and whether it keeps up. */
export async function benchDashboard(): Promise<Section> {
  const size = gzipSync(SCRIPT).length / 1000
  const { path, why } = findBrowser()
  const head = ['what', 'figure']
  const sized = ['script, gzipped', `${size.toFixed(1)} kB`]
  if (path === undefined) {
    return {
      markdown: `${table(head, [sized])}\n\nNot measured in a browser: ${why}.`,
      figures: { 'dashboard.size': size },
    }
  }
  const painted: number[] = []
  let frames: Frames = { deltas: [], rows: 0, events: 0, busy: 0 }
  await dashboard(path, {}, async ({ server, page }) => {
    for (let load = 0; load < LOADS; load++) painted.push(await firstPaint(page))
    await goTo(page, 'now')
    await page.locator('.state[data-state="live"]').waitFor()
    frames = await framesUnderLoad(page, server)
  })
  const paint = spread(painted)
  const frame = spread(frames.deltas)
  const rate = frames.deltas.length / (frames.deltas.reduce((sum, ms) => sum + ms, 0) / 1000)
  const late = frames.deltas.filter((ms) => ms > 34).length / frames.deltas.length * 100
  return {
    markdown: table(head, [
      sized,
      [`first contentful paint, p50 of ${LOADS} loads`, `${paint.p50.toFixed(0)} ms`],
      [
        `frames a second while ${(frames.events / SECONDS).toFixed(0)} events a second arrive`,
        rate.toFixed(1),
      ],
      ['from frame to frame, p50 / p99', `${frame.p50.toFixed(1)} / ${frame.p99.toFixed(1)} ms`],
      ['frames later than two', `${late.toFixed(1)} %`],
      ['processor time of the page, of all time', `${(frames.busy * 100).toFixed(0)} %`],
      ['rows in the page', String(frames.rows)],
    ]),
    figures: {
      'dashboard.size': size,
      'dashboard.paint': paint.p50,
      'dashboard.frames': rate,
    },
  }
}

async function firstPaint(page: Page): Promise<number> {
  await page.reload()
  await page.locator('nav').waitFor()
  return await page.evaluate(() =>
    new Promise<number>((resolve) => {
      const look = () => {
        const [entry] = performance.getEntriesByName('first-contentful-paint')
        if (entry === undefined) requestAnimationFrame(look)
        else resolve(entry.startTime)
      }
      look()
    })
  )
}

interface Frames {
  readonly deltas: readonly number[]
  readonly rows: number
  readonly events: number
  /** Processor time of the page's thread, of all time. */
  readonly busy: number
}

async function framesUnderLoad(page: Page, server: Served): Promise<Frames> {
  const counting = page.evaluate((ms) =>
    new Promise<number[]>((resolve) => {
      const deltas: number[] = []
      const begun = performance.now()
      let last = begun
      const tick = (at: number) => {
        if (at > last) deltas.push(at - last)
        last = at
        if (at - begun < ms) requestAnimationFrame(tick)
        else resolve(deltas)
      }
      requestAnimationFrame(tick)
    }), SECONDS * 1000)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const spent = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN
  }
  const before = await spent()
  const events = await load(server)
  const busy = (await spent() - before) / SECONDS
  const deltas = await counting
  return { deltas, events, busy, rows: await page.locator('.stream tbody tr').count() }
}

/** So many enforced calls a second; resolves with how many there were. */
async function load({ url, token }: Served): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const options = {
    agent,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  }
  const begun = performance.now()
  let sent = 0
  while (performance.now() - begun < SECONDS * 1000) {
    const due = (performance.now() - begun) / 1000 * EVENTS_A_SECOND
    for (; sent < due; sent++) {
      const body = {
        agent: `agent-${sent % 5}`,
        session: 's',
        params: { command: `echo ${sent} && rm -rf build-${sent}` },
      }
      const call = request(`${url}/v1/tool/exec`, options, (answer) => answer.resume())
      call.on('error', () => {})
      call.end(JSON.stringify(body))
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  agent.destroy()
  return sent
}

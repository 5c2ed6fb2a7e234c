import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { onlyOn } from '../helpers/runtime.ts'
import { cleanEnv, inHome, ownRuntime, type Served, startServer, until } from '../e2e/server.ts'
import { spawn } from 'node:child_process'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Where Debian's package puts it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser of this machine; with the reason where there is none, or where it is not to be used. */
export function findBrowser(): { readonly path?: string; readonly why?: string } {
  const why = onlyOn('node', 'the browser is the same')
  if (why) return { why }
  const path = PLACES.find((place) => existsSync(place))
  if (path !== undefined) return { path }
  if (process.env.CI) throw new Error('CI needs the package chromium')
  return { why: 'no Chromium here: apt-get install chromium' }
}

export interface Opened {
  readonly server: Served
  readonly home: string
  readonly context: BrowserContext
  /** The tab that the page of `rampart dashboard` has logged in. */
  readonly page: Page
  /** What the tab complained of: broken policies of content, scripts that failed. */
  readonly complaints: string[]
}

export async function launch(path: string): Promise<Browser> {
  // Only where there is a browser.
  const { chromium } = await import('playwright-core')
  return await chromium.launch({ executablePath: path, args: ARGS, headless: true })
}

/** A server, and a browser that logged in as a person does. */
export async function dashboard(
  path: string,
  options: {
    /** Makes the policy file beside a home. */
    policyIn?: (home: string) => string
    viewport?: { width: number; height: number }
  },
  body: (opened: Opened) => Promise<void>,
): Promise<void> {
  const browser = await launch(path)
  try {
    await inHome(async (home) => {
      const args = options.policyIn === undefined ? [] : ['--policy', options.policyIn(home)]
      const server = await startServer(ownRuntime(), home, { args })
      const viewport = options.viewport ?? { width: 1280, height: 800 }
      const context = await browser.newContext({ viewport, locale: 'en-GB' })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        // A trail without an anchor answers 404, and says so.
        const isMissing = message.text().includes('status of 404')
        if (message.type() === 'error' && !isMissing) complaints.push(message.text())
      })
      await login(page, home)
      try {
        await body({ server, home, context, page, complaints })
      } finally {
        await context.close()
        await server.end()
      }
    })
  } finally {
    await browser.close()
  }
}

/** `rampart dashboard --print` in the background, and its page in this tab. */
export async function login(page: Page, home: string): Promise<void> {
  const { file, done } = await loginPage(home)
  await page.goto(`file://${file}`)
  await page.waitForSelector('nav')
  await done
}

/** Another page of the dashboard, without loading it anew. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = `#/${to}`
  }, hash)
}

/** Resolves with the page once it is written; `done` with the command's exit code. */
export async function loginPage(
  home: string,
): Promise<{ readonly file: string; readonly done: Promise<number | null> }> {
  const [program, ...argv] = [...ownRuntime(), 'dashboard', '--print']
  const child = spawn(program!, argv, { env: cleanEnv(home), stdio: 'ignore' })
  const done = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const run = join(home, 'run')
  const name = await until(() =>
    readdirSync(run).find((each) =>
      /^dashboard-[0-9a-f]+\.html$/.test(each) &&
      readFileSync(join(run, each), 'utf8').endsWith('</html>\n')
    )
  )
  return { file: join(run, name), done }
}

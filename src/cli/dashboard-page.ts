import { Buffer } from 'node:buffer'
import { readdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomHex, sha256Hex } from '../adapters/hash.ts'
import { places } from './config.ts'

const NAME = /^dashboard-[0-9a-f]{16}\.html$/

/** Sends the form at once, and once: a second use of the code would end the session. */
const SCRIPT =
  'const f=document.forms[0];f.onsubmit=()=>{f.hidden=true;f.onsubmit=()=>false};f.requestSubmit()'

/**
 * The page that opens the dashboard, in `run/`, readable by this account alone. Its code works once and for
 * 30 seconds. Pages that an interrupted command left behind are removed.
 */
export async function writeLoginPage(home: string, url: string, code: string): Promise<string> {
  const { run } = places(home)
  for (const name of await readdir(run)) {
    if (NAME.test(name)) await unlink(join(run, name)).catch(() => {})
  }
  const path = join(run, `dashboard-${randomHex(8)}.html`)
  await writeFile(path, loginPage(url, code), { mode: 0o600, flag: 'wx' })
  return path
}

/** Names for addresses that a browser does not go to, or that its policies cannot name (CSP 3, 2.3.1). */
const NAMES: Readonly<Record<string, string>> = {
  '0.0.0.0': '127.0.0.1',
  '[::]': 'localhost',
  '[::1]': 'localhost',
}

/** The origin of the dashboard for a browser on this machine. */
export function originFor(url: string): string {
  const at = new URL(url)
  at.hostname = NAMES[at.hostname] ?? at.hostname
  return at.origin
}

export function loginPage(url: string, code: string): string {
  const origin = originFor(url)
  const hash = Buffer.from(sha256Hex(SCRIPT), 'hex').toString('base64')
  const csp = `default-src 'none'; script-src 'sha256-${hash}'; form-action ${origin}`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${csp}">
<meta name="referrer" content="no-referrer">
<title>Open the dashboard of Rampart</title>
<form method="post" action="${origin}/dashboard/login">
<input type="hidden" name="code" value="${code}">
<p>This page opens the dashboard of Rampart once.</p>
<button>Open the dashboard</button>
</form>
<script>${SCRIPT}</script>
</html>
`
}

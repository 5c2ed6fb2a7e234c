import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { libraryPath } from '../preload/bench.ts'
import { onlyOn } from '../helpers/runtime.ts'
import { build as buildShim, SHIM } from '../shim/bench.ts'
import { CLI, ROOT } from './server.ts'

/** Other accounts, and a root who names the server's, are had by root alone. */
function whyNot(): string | false {
  const elsewhere = onlyOn('node', 'accounts are the same')
  if (elsewhere) return elsewhere
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'only root on Linux can be several accounts'
  }
  for (
    const args of [[...ALONE, 'true'], asStranger('test', '-r', join(ROOT, 'package.json'))]
  ) {
    const { status } = spawnSync(args[0]!, args.slice(1), { stdio: 'ignore' })
    if (status !== 0) return `"${args.join(' ')}" fails here`
  }
  return false
}

const asStranger = (
  ...words: string[]
) => ['setpriv', '--reuid', '61003', '--clear-groups', ...words]

/** Mounts and processes of its own: none of them outlives the script. */
const ALONE = ['unshare', '-m', '-p', '-f', '--mount-proc', '--kill-child']

const skip = whyNot()
const BLOCKED = 'rampart: blocked: Credential file access blocked (block-credential-access)'
const NOBODY = 'rampart: blocked: Rampart does not answer, and nothing else could decide'

/** What each step of accounts.sh has to print, as a whole text or an expression. */
const EXPECTED: Readonly<Record<string, string | RegExp>> = {
  level: 'L1',
  // The directory, the socket, what the library reads and where it notes what passed.
  mode: '750 61001 61010',
  'mode/rampart.sock': '660 61001 61010',
  'mode/rules.snapshot': '640 61001 61010',
  'mode/gaps': '660 61001 61010',
  // Without a word of root nobody but the same account may answer (F7).
  unpinned: `${NOBODY} (who listens on the socket is not the server)`,
  allowed: 'RAN',
  denied: BLOCKED,
  library: BLOCKED,
  outside: `${NOBODY} (the socket fails)`,
  'read token': /Permission denied$/,
  'read rampart.db': /Permission denied$/,
  'read config.yaml': /Permission denied$/,
  'read keys': /Permission denied$/,
  'read audit': /Permission denied$/,
  'read policies': /Permission denied$/,
  replace: /Permission denied$/,
  plant: /Permission denied$/,
  hook: /"permissionDecision":"deny".*Credential file access blocked/,
  foreign: /run cannot be given to group 61010: this account is no member of it/,
  impostor: `${NOBODY} (who listens on the socket is not the server)`,
  'impostor hook': /"permissionDecision":"deny".*Credential file access blocked/,
  answer: /No server runs on .*agent/,
  // The server was killed: open, as configured, and noted by accounts that cannot make files there.
  absent: /^rampart: not running: calls pass unjudged until it is back \/dev\/null$/,
  noted: /61010$/,
  notes: /^[1-9]\d*$/,
  trail: '1',
  // The hook's call is in the server's trail, not in one of the agent's own; the second was decided by itself.
  sessions: '1',
}

test('L1: agents of other accounts ask, and neither read nor replace what decides', {
  skip,
  timeout: 180_000,
}, () => {
  // Not the suite's own directory, which other accounts cannot enter.
  const base = mkdtempSync('/tmp/rampart-accounts-')
  try {
    buildShim()
    const library = libraryPath()
    for (const [from, name] of [[SHIM, 'shim'], [library, 'library.so']] as const) {
      copyFileSync(from, join(base, name))
      chmodSync(join(base, name), 0o755)
    }
    // What the suite made of the sources lies where only this account may look.
    const isSource = CLI.endsWith('.ts')
    if (!isSource) cpSync(dirname(CLI), join(base, 'cli'), { recursive: true })
    const cli = isSource ? CLI : join(base, 'cli', basename(CLI))
    const script = join(ROOT, 'test', 'e2e', 'accounts.sh')
    const args = [base, join(base, 'shim'), join(base, 'library.so'), process.execPath, cli]
    const { stdout, stderr, status } = spawnSync(ALONE[0]!, [
      ...ALONE.slice(1),
      'sh',
      script,
      ...args,
    ], {
      encoding: 'utf8',
      timeout: 150_000,
    })
    assert.equal(status, 0, stdout + stderr)
    const seen = new Map(
      stdout.trim().split('\n').map((line) => {
        const at = line.indexOf(': ')
        return [line.slice(0, at), line.slice(at + 2).trim()]
      }),
    )
    for (const [name, expected] of Object.entries(EXPECTED)) {
      const got = seen.get(name) ?? ''
      if (typeof expected === 'string') assert.equal(got, expected, name)
      else assert.match(got, expected, name)
    }
    assert.deepEqual([...seen.keys()].sort(), Object.keys(EXPECTED).sort(), stderr)
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
})

// What `audit verify` takes for a million events: `node bench/audit-verify.ts [EVENTS]`.
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { AnchorWriter } from '../src/adapters/audit-anchors-writer.ts'
import { fileName } from '../src/adapters/audit-files.ts'
import { systemClock } from '../src/adapters/clock.ts'
import { sha256 } from '../src/adapters/hash.ts'
import { ulids } from '../src/adapters/ids.ts'
import { GENESIS, type Head, sealEvent } from '../src/audit/chain.ts'
import type { EventDraft } from '../src/audit/event.ts'
import { ROOT, RUNTIMES, type Section, table } from './common.ts'

const EVENTS = 1_000_000
const FILE_BYTES = 100 << 20
const LINES = 2000
/** 2026-11-01T00:00:00.000Z */
const FROM = 1_793_491_200_000
const STEP_MS = 20
/** Others use the machine too: the quietest run counts. */
const RUNS = 3

/** How long a trail of so many events takes to verify, and how much memory. */
export async function benchAuditVerify(events = EVENTS): Promise<Section> {
  const home = mkdtempSync(join(tmpdir(), 'rampart-verify-'))
  try {
    const bytes = writeTrail(join(home, 'audit'), events)
    const anchoring = await anchorAll(home, events)
    const figures: Record<string, number> = {}
    const rows = commands().map(([name, command]) => {
      const runs = Array.from({ length: RUNS }, () => verifyOnce(command, home))
      const seconds = Math.min(...runs.map((run) => run.seconds))
      const megabytes = Math.max(...runs.map((run) => run.megabytes))
      figures[`audit.verify.${name}.s`] = seconds
      figures[`audit.verify.${name}.mb`] = megabytes
      return [name, `${seconds.toFixed(1)} s`, `${megabytes.toFixed(0)} MB`]
    })
    const main = rows[0]![0]!
    figures['audit.verify'] = figures[`audit.verify.${main}.s`]! * 1000
    figures['audit.verify.memory'] = figures[`audit.verify.${main}.mb`]!
    const markdown = [
      `\`rampart audit verify\` of ${events} events, ${
        Math.round(bytes / 1e6)
      } MB, an anchor each 100; the`,
      `quietest of ${RUNS} runs, memory the most that was resident, threads included. Making those anchors from the trail`,
      `alone took ${anchoring.toFixed(1)} s.`,
      '',
      table(['runs on', 'time', 'RSS'], rows),
    ].join('\n')
    return { markdown, figures }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function commands(): [string, readonly string[]][] {
  const list: [string, readonly string[]][] = Object.entries(RUNTIMES).map(([name, runtime]) => [
    name,
    [...runtime, join(ROOT, 'src/cli.ts')],
  ])
  const executable = join(ROOT, 'dist/rampart')
  return existsSync(executable) ? [['dist/rampart', [executable]], ...list] : list
}

/** The most memory a child had is told by the system, where GNU time is there to ask it. */
function verifyOnce(
  command: readonly string[],
  home: string,
): { readonly seconds: number; readonly megabytes: number } {
  const measured = existsSync('/usr/bin/time') ? ['/usr/bin/time', '-f', '%M', ...command] : command
  const [program = '', ...args] = measured
  const from = performance.now()
  const { status, stdout, stderr } = spawnSync(program, [...args, 'audit', 'verify'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: home, RAMPART_HOME: home },
  })
  const seconds = (performance.now() - from) / 1000
  if (status !== 0) throw new Error(`verify ended with ${status}: ${stdout}${stderr}`)
  return { seconds, megabytes: Number(stderr.trim().split('\n').at(-1)) / 1024 }
}

/** Anchor the trail of a state directory; how long that took, in seconds. */
export async function anchorAll(home: string, events: number): Promise<number> {
  const log = { error: fail, warn: fail, info: () => {} }
  const writer = new AnchorWriter({
    dir: join(home, 'audit'),
    keys: join(home, 'keys'),
    clock: systemClock(),
    log,
  })
  const from = performance.now()
  await writer.run({ to: events, exactly: true })
  writer.close()
  return (performance.now() - from) / 1000
}

function fail(message: string): never {
  throw new Error(message)
}

/** A trail as a server would have written it, made as fast as events can be sealed; its bytes. */
function writeTrail(dir: string, events: number): number {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  let time = FROM
  const ids = ulids({ now: () => time, monotonic: () => time, sleep: () => Promise.resolve() })
  let head: Head = GENESIS
  let total = 0
  for (let made = 0, part = 0; made < events; part++) {
    const file = openSync(join(dir, fileName('2026-11-01', part)), 'wx', 0o600)
    for (let size = 0; size < FILE_BYTES && made < events;) {
      let text = ''
      for (let line = 0; line < LINES && made < events; line++, made++) {
        time = FROM + made * STEP_MS
        const sealed = sealEvent(draftOf(made, time, ids.next()), head, sha256)
        text += `${sealed.line}\n`
        head = sealed.event
      }
      size += writeSync(file, text)
    }
    total += fstatSync(file).size
    closeSync(file)
  }
  return total
}

function draftOf(index: number, time: number, id: string): EventDraft {
  return {
    id,
    time: new Date(time).toISOString(),
    kind: 'decision',
    agent: 'claude',
    session: `session-${index >> 8}`,
    tool_call_id: `call-${index}`,
    tool: 'exec',
    request: {
      cwd: '/home/dev/project',
      params: {
        command: index % 50 === 0
          ? 'grep -rn "größe" src | head -20'
          : 'curl -fsSL https://example.test/install.json',
      },
    },
    decision: {
      action: 'allow',
      eval_us: 20 + index % 60,
      message: 'No rule objects',
      policy: 'standard',
      rule: 'downloads',
    },
    enforced: true,
    mode: 'enforce',
    via: 'http',
    principal: 'token:01M80ZYP8YB1XVPHJ4GG',
  }
}

if (process.argv[1]?.endsWith('bench/audit-verify.ts')) {
  const { markdown } = await benchAuditVerify(Number(process.argv[2] ?? EVENTS))
  process.stdout.write(`${markdown}\n`)
}

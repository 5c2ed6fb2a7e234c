import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { trailFiles } from '../src/adapters/audit-files.ts'
import { openAuditLog } from '../src/adapters/audit-log.ts'
import { nodeFileOps } from '../src/adapters/audit-ops.ts'
import { verifyDirectory } from '../src/adapters/audit-verify.ts'
import { systemClock } from '../src/adapters/clock.ts'
import { ulids } from '../src/adapters/ids.ts'
import { ROOT } from './common.ts'

export interface Killed {
  readonly rounds: number
  /** Events whose callers were told that they are durable. */
  readonly acknowledged: number
  /** Of those, the ones that are not in the trail. */
  readonly lost: number
  /** Rounds after which the trail did not verify. */
  readonly broken: number
  /** Half-written lines that a start moved aside. */
  readonly torn: number
}

const PROCESSES = 2
const CALLERS = '16'
/** A trail is begun anew after so many rounds: each is read whole after every one. */
const EACH = 10

/** Two processes append from 16 callers each; both are killed at some moment; so many rounds. */
export async function killRounds(rounds: number, runtime: readonly string[]): Promise<Killed> {
  const sum = { rounds, acknowledged: 0, lost: 0, broken: 0, torn: 0 }
  for (let done = 0; done < rounds; done += EACH) {
    const dir = mkdtempSync(join(tmpdir(), 'rampart-kill-'))
    try {
      const acknowledged: string[] = []
      for (let round = 0; round < Math.min(EACH, rounds - done); round++) {
        acknowledged.push(...await killOnce(dir, runtime, done + round))
        // A start mends what it finds.
        const clock = systemClock()
        await (await openAuditLog({ dir, clock, ids: ulids(clock) })).close()
        if ((await verifyDirectory(dir)).findings.length > 0) sum.broken += 1
      }
      const trail = idsIn(dir)
      sum.acknowledged += acknowledged.length
      sum.lost += acknowledged.filter((id) => !trail.has(id)).length
      sum.torn += nodeFileOps.list(dir).filter((name) => name.includes('.torn-')).length
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }
  return sum
}

async function killOnce(dir: string, runtime: readonly string[], round: number): Promise<string[]> {
  const [program = '', ...args] = runtime
  const script = join(ROOT, 'bench/audit-appender.ts')
  const children = Array.from(
    { length: PROCESSES },
    (_, index) =>
      appender(spawn(program, [...args, script, dir, CALLERS, String(round * 31 + index)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })),
  )
  // At some moment of a write, another one each round.
  await Promise.all(children.map(({ begun }) => begun))
  await sleep(5 + round * 37 % 90)
  for (const { child } of children) child.kill('SIGKILL')
  return (await Promise.all(children.map(({ said }) => said))).flat()
}

function appender(child: ChildProcess): {
  child: ChildProcess
  begun: Promise<void>
  said: Promise<string[]>
} {
  let text = ''
  const begun = Promise.withResolvers<void>()
  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    begun.resolve()
  })
  const said = new Promise<string[]>((resolve) => {
    child.on('close', () => {
      begun.resolve()
      resolve(text.split('\n').filter((id) => id.length === 26))
    })
  })
  return { child, begun: begun.promise, said }
}

function idsIn(dir: string): Set<string> {
  const ids = new Set<string>()
  for (const { name } of trailFiles(nodeFileOps.list(dir))) {
    for (const line of readFileSync(join(dir, name), 'utf8').split('\n')) {
      if (line !== '') ids.add((JSON.parse(line) as { id: string }).id)
    }
  }
  return ids
}

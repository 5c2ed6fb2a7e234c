import assert from 'node:assert/strict'
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { AnchorObserver } from '../../src/adapters/audit-anchors.ts'
import { openAuditLog } from '../../src/adapters/audit-log.ts'
import { publicKeysIn } from '../../src/adapters/audit-keys.ts'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import { sha256 } from '../../src/adapters/hash.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { manualClock } from '../../src/adapters/memory.ts'
import { canonicalJson } from '../../src/audit/canonical.ts'
import { draft, NOON } from '../helpers/audit.ts'

interface Attack {
  readonly name: string
  readonly kept?: boolean
  readonly keys?: 'other'
  readonly do: readonly Readonly<Record<string, unknown>>[]
  readonly finds: readonly string[]
}

const table = new URL('../fixtures/audit/attacks.yaml', import.meta.url)
const ATTACKS = parse(readFileSync(fileURLToPath(table), 'utf8')) as Attack[]
const DAY = 86_400_000
const quiet = { error() {}, warn() {}, info() {} }

/** The trail that is attacked, written by what writes trails. */
async function write(dir: string, keys: string, agent: string): Promise<void> {
  const clock = manualClock(NOON)
  const anchors = new AnchorObserver({ dir, keys, clock, log: quiet })
  const log = await openAuditLog({ dir, clock, ids: ulids(clock), observers: [anchors] })
  for (const [day, count] of [120, 80, 50].entries()) {
    const time = new Date(NOON + day * DAY).toISOString()
    await log.append(Array.from({ length: count }, () => draft({ agent, time })))
    await anchors.anchorTo(log.head().seq)
  }
  await log.close()
}

interface Site {
  readonly dir: string
  readonly keys: string
  readonly other: string
  readonly kept: string
}

function place(what: unknown, { dir, kept }: Site): string {
  if (what === 'kept') return kept
  return join(dir, what === 'A' ? 'anchors.jsonl' : `2026-11-${what}.jsonl`)
}

/** Change the lines of a file, which are bytes and not text. */
function lines(path: string, change: (lines: string[]) => string[]): void {
  const all = readFileSync(path, 'latin1').split('\n')
  const rest = all.pop()!
  const changed = change(all)
  writeFileSync(path, changed.map((line) => `${line}\n`).join('') + rest, 'latin1')
}

function forged(line: string, change: Readonly<Record<string, unknown>>): string {
  const event = { ...JSON.parse(line), ...change }
  const kept = Object.fromEntries(
    Object.entries(event).filter(([key, value]) => key !== 'hash' && value !== null),
  )
  return canonicalJson({ ...kept, hash: sha256(canonicalJson(kept)) })
}

type Step = Readonly<Record<string, unknown>>
const bytesOf = (text: unknown) => Buffer.from(String(text), 'utf8').toString('latin1')

/** Each kind of step, by the word that names it, whose value is a file. */
const STEPS: Readonly<
  Record<string, (step: Step, site: Site, path: string) => Promise<void> | void>
> = {
  edit: ({ line, from, to }, _, path) =>
    lines(
      path,
      (all) => with_(all, line, (text) => text.replace(bytesOf(from), () => bytesOf(to))),
    ),
  pattern: ({ line, from, to }, _, path) =>
    lines(
      path,
      (all) => with_(all, line, (text) => text.replace(new RegExp(String(from)), String(to))),
    ),
  forge: ({ line, forge: _f, ...change }, _, path) =>
    lines(path, (all) => with_(all, line, (text) => forged(text, change))),
  // Only the events of the files from there on follow from the change.
  reseal({ line, reseal, ...change }, site) {
    let prev: string | undefined
    for (const name of [24, 25, 26].filter((day) => day >= Number(reseal))) {
      lines(place(name, site), (all) =>
        all.map((text, at) => {
          const isFirst = name === reseal && at === Number(line) - 1
          if (!isFirst && prev === undefined) return text
          const sealed = forged(text, isFirst ? change : { prev_hash: prev })
          prev = JSON.parse(sealed).hash
          return sealed
        }))
    }
  },
  delete: ({ line }, _, path) => lines(path, (all) => all.toSpliced(Number(line) - 1, 1)),
  swap: ({ line }, _, path) =>
    lines(
      path,
      (all) => all.toSpliced(Number(line) - 1, 2, all[Number(line)]!, all[Number(line) - 1]!),
    ),
  repeat: ({ line }, _, path) =>
    lines(path, (all) => all.toSpliced(Number(line), 0, all[Number(line) - 1]!)),
  insert: ({ line }, _, path) =>
    lines(
      path,
      (all) => all.toSpliced(Number(line), 0, forged(all[Number(line) - 1]!, { agent: 'mallory' })),
    ),
  text: ({ line, add }, _, path) =>
    lines(path, (all) => all.toSpliced(Number(line) - 1, 0, String(add))),
  text_end: ({ line, add }, _, path) =>
    lines(path, (all) => with_(all, line, (text) => text + add)),
  byte: ({ line, at, to }, _, path) =>
    lines(path, (all) =>
      with_(all, line, (text) => {
        const from = text.indexOf(String(at)) + 1
        return text.slice(0, from) + String.fromCharCode(Number(to)) + text.slice(from + 1)
      })),
  remove: (_, _site, path) => rmSync(path),
  exchange({ with: other }, site, path) {
    renameSync(path, `${path}.tmp`)
    renameSync(place(other, site), path)
    renameSync(`${path}.tmp`, place(other, site))
  },
  cut: ({ keep }, _, path) => lines(path, (all) => all.slice(0, Number(keep))),
  cut_bytes: ({ bytes }, _, path) =>
    writeFileSync(path, readFileSync(path).subarray(0, -Number(bytes))),
  async rewrite({ sign }, site) {
    const made = mkdtempSync(join(tmpdir(), 'rampart-rewrite-'))
    await write(made, sign === 'own' ? site.keys : site.other, 'mallory')
    const files = [24, 25, 26, ...(sign === undefined ? [] : ['A'])]
    for (const name of files) cpSync(place(name, { ...site, dir: made }), place(name, site))
    rmSync(made, { recursive: true })
  },
  restart: (_, site, path) => {
    const [first] = readFileSync(place(24, site), 'utf8').split('\n')
    lines(path, (all) => [...all, forged(first!, { time: JSON.parse(all[0]!).time })])
  },
  link(_, __, path) {
    renameSync(path, `${path}.away`)
    symlinkSync(`${path}.away`, path)
  },
  move({ to }, site, path) {
    let moved = ''
    lines(path, (all) => {
      moved = all.pop()!
      return all
    })
    lines(place(to, site), (all) => [moved, ...all])
  },
}

function with_(all: string[], line: unknown, change: (text: string) => string): string[] {
  const at = Number(line) - 1
  const changed = change(all[at]!)
  assert.notEqual(changed, all[at], 'the attack changes nothing')
  return all.with(at, changed)
}

test('every attack on a trail is told with its kind and its place', async () => {
  const root = mkdtempSync(join(tmpdir(), 'rampart-attacks-'))
  try {
    const original = join(root, 'trail')
    const keys = join(root, 'keys')
    const other = join(root, 'other')
    await write(original, keys, 'a')
    await write(join(root, 'elsewhere'), other, 'a')
    const checkpoints = readFileSync(join(original, 'anchors.jsonl'), 'utf8').trim().split('\n')
      .map((line) => `${JSON.parse(line).checkpoint}\n`).join('').replace(/\n\n$/, '\n')
    for (const [index, attack] of ATTACKS.entries()) {
      const site = {
        dir: join(root, String(index)),
        keys,
        other,
        kept: join(root, `${index}.kept`),
      }
      cpSync(original, site.dir, { recursive: true })
      writeFileSync(site.kept, checkpoints)
      for (const step of attack.do) {
        const [word, what] = Object.entries(step)[0]!
        await STEPS[word]!(step, site, place(what, site))
      }
      const kept = attack.kept ? [{ name: 'kept', text: readFileSync(site.kept, 'utf8') }] : []
      const trusted = await publicKeysIn(attack.keys === 'other' ? other : keys)
      for (const threads of index % 8 === 0 ? [0, 2] : [0]) {
        const { findings } = await verifyDirectory(site.dir, { keys: trusted, kept, threads })
        const told = findings.map(({ kind, file, line }) =>
          `${kind} ${
            file === 'anchors.jsonl' ? 'A' : file.replace(/^2026-11-(\d\d)\.jsonl$/, '$1')
          }:${line}`
        )
        assert.deepEqual(told, attack.finds, attack.name)
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

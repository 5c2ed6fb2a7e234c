import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROBES, type Shell } from './words.ts'

/** Programs that really run what they are given; everything else in the PATH is a stub. */
const REAL = [
  'env',
  'nice',
  'nohup',
  'timeout',
  'xargs',
  'find',
  'cat',
  'bash',
  'dash',
  'zsh',
  'sh',
]

/** Descriptor 9 is the line's log: whatever a launcher does to the environment, it stays open. */
const STUB = `#!/bin/sh
{ printf '%s\\0' "$#" "\${0##*/}" "$@" >&9; } 2>/dev/null
case $0 in *[56]) exit 1;; esac
exit 0
`

/** A directory that holds all a line may touch. */
export interface Lab {
  readonly root: string
  readonly home: string
}

export const pathOf = (shell: string | 'sh'): string | undefined =>
  ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].map((dir) => join(dir, shell))
    .find((path) => existsSync(path))

/** Lay out a temporary PATH, a home, and files for patterns to meet. */
export function makeLab(): Lab {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-shells-')))
  const bin = join(root, 'bin')
  for (const dir of ['bin', 'home', 'lines', 'logs']) mkdirSync(join(root, dir))
  const stub = join(bin, 'stub')
  writeFileSync(stub, STUB)
  chmodSync(stub, 0o755)
  for (const name of PROBES) symlinkSync(stub, join(bin, name))
  for (const name of REAL) {
    const path = pathOf(name)
    if (path !== undefined) symlinkSync(path, join(bin, name))
  }
  return { root, home: join(root, 'home') }
}

/** A working directory, so deep that no `cd ..` of a line leaves the lab. */
export function makeWork({ root }: Lab, name: string): string {
  const work = join(root, name, 'a', 'b', 'c', 'd', 'e', 'f')
  mkdirSync(join(work, 'd'), { recursive: true })
  for (const file of ['f1', 'f2', 'e1', 'd/x']) writeFileSync(join(work, file), '')
  for (const probe of PROBES) {
    // Copies: what a line writes over them must not reach the programs of the others.
    for (const dir of [work, join(work, 'd')]) {
      copyFileSync(join(root, 'bin', 'stub'), join(dir, probe))
    }
  }
  return work
}

/** What one line ran: a list of arguments for each program, its base name first. */
export type Runs = readonly (readonly string[])[]

/**
 * Run lines in a real shell, each in a subshell with a log of its own. Descriptor 9 is the log; what a
 * line leaves in the background keeps the driver's output open, and that is waited for.
 */
export async function runLines(
  lab: Lab,
  shell: Shell,
  lines: readonly string[],
  name: string,
): Promise<Runs[]> {
  const work = makeWork(lab, name)
  const log = (i: number) => join(lab.root, 'logs', `${name}-${i}`)
  const driver = lines.map((line, i) => {
    const file = join(lab.root, 'lines', `${name}-${i}`)
    writeFileSync(file, line)
    return `( cd ${work}; . ${file} ) 9>>${log(i)} >/dev/null 2>&1 </dev/null\n`
  })
  const path = join(lab.root, `driver-${name}`)
  writeFileSync(path, `exec 8>&1\nulimit -t 2\nulimit -f 2048\nulimit -c 0\n${driver.join('')}`)
  await finished(lab, pathOf(shell)!, path)
  return lines.map((_, i) => existsSync(log(i)) ? runsIn(readFileSync(log(i), 'utf8')) : [])
}

const TIMEOUT = 90_000

function finished(lab: Lab, shell: string, driver: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(shell, [driver], {
      cwd: lab.root,
      env: { PATH: join(lab.root, 'bin'), HOME: lab.home },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    const timer = setTimeout(() => {
      process.kill(-child.pid!, 'SIGKILL')
      reject(new Error(`${shell} did not come to an end`))
    }, TIMEOUT)
    child.on('error', reject)
    child.stdout.resume()
    child.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function runsIn(log: string): Runs {
  const words = log.split('\0')
  const runs: string[][] = []
  for (let at = 0; at + 1 < words.length;) {
    const count = Number(words[at])
    runs.push(words.slice(at + 1, at + 2 + count))
    at += count + 2
  }
  return runs
}

export function removeLab({ root }: Lab): void {
  rmSync(root, { recursive: true, force: true })
}

/** Whether a line names nothing outside of the lab: a slash stands only behind a name or a dot. */
export function isTame(line: string): boolean {
  const text = line.replaceAll('</dev/null', '').replaceAll('. /dev/stdin', '')
    .replace(/\$\{[a-z_0-9]+(?:\/[^}$`;&|<>]*|[#%]+\*\/\*)\}/g, '')
  return !/(?:^|[^A-Za-z0-9.])\//.test(text.replace(/~\/x/g, '').replaceAll('"${u}"/', '')) &&
    !/~[a-z]|(?:[3-9]|\d\d)[<>]|\.\.\//.test(text.replaceAll('d/../p1', ''))
}

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { until } from '../e2e/server.ts'

/** Why there can be no test in a terminal; undefined where there can. In CI there has to be one. */
export function noTmux(): string | undefined {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
    return process.platform === 'linux' ? undefined : 'children of a process are looked up in /proc'
  } catch {
    if (process.env.CI) throw new Error('CI needs tmux')
    return 'tmux is not installed'
  }
}

export interface Terminal {
  /** What a person sees. */
  screen(): string
  /** Until it shows this; rejects with what it shows instead. */
  shows(pattern: RegExp): Promise<string>
  press(...keys: readonly string[]): void
  /** Characters as they are, `\x1b` too. */
  send(text: string): void
  /** A command line for the shell that runs there. */
  type(words: readonly string[]): void
  resize(columns: number, rows: number): void
  /** A format of tmux, such as `#{alternate_on}`. */
  ask(format: string): string
  /** To what the terminal runs; 2: to what a shell runs in it. */
  signal(name: NodeJS.Signals, depth?: 1 | 2): void
}

let count = 0

/**
 * A program in a real terminal of its own. Once it has ended the terminal shows `EXIT` with its code, and
 * `COOKED` where lines are echoed and edited again.
 */
export async function inTerminal(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  body: (terminal: Terminal) => Promise<void>,
  size: readonly [number, number] = [100, 30],
): Promise<void> {
  const name = `rampart-test-${process.pid}-${++count}`
  const tmux = (...argv: readonly string[]) =>
    execFileSync('tmux', ['-L', name, '-f', '/dev/null', ...argv], {
      env: { ...env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' },
      encoding: 'utf8',
    })
  const quoted = quote(command)
  const after = 'echo EXIT $?; stty -a | grep -q " icanon.* echo " && echo COOKED; exec sleep 600'
  const [columns, rows] = size.map(String) as [string, string]
  tmux('new-session', '-d', '-x', columns, '-y', rows, `${quoted}; ${after}`)
  const screen = () => tmux('capture-pane', '-p')
  try {
    await body({
      screen,
      async shows(pattern) {
        try {
          return await until(() => pattern.test(screen()) ? screen() : undefined)
        } catch (error) {
          throw new Error(`${pattern} is not shown:\n${screen()}`, { cause: error })
        }
      },
      press: (...keys) => void tmux('send-keys', ...keys),
      send: (text) => void tmux('send-keys', '-l', text),
      type(words) {
        tmux('send-keys', '-l', quote(words))
        tmux('send-keys', 'Enter')
      },
      resize: (wide, high) => void tmux('resize-window', '-x', String(wide), '-y', String(high)),
      ask: (format) => tmux('display-message', '-p', format).trim(),
      signal(signal, depth = 1) {
        const child = childOf(Number(tmux('display-message', '-p', '#{pane_pid}')))
        process.kill(depth === 1 ? child : childOf(child), signal)
      },
    })
  } finally {
    tmux('kill-server')
  }
}

function quote(words: readonly string[]): string {
  return words.map((word) => /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ')
}

/** The program that the shell of a terminal runs. */
function childOf(shell: number): number {
  const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ')
  return Number(child)
}

import process from 'node:process'
import type { Colour } from '../output.ts'
import { type Row, textOf } from './render.ts'

/** Another buffer, no cursor, no line that runs on into the next, and pastes that say they are pastes. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h\x1b[2J'
const LEAVE = '\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l'
const TONES: Readonly<Record<Colour, number>> = {
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  grey: 90,
  bold: 1,
}
/** Signals that end us, with what a shell says of that. */
const ENDING = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130, SIGQUIT: 131 } as const
/** A key that is a whole sequence comes in one piece, or nearly. */
const SEQUENCE_MS = 50

export interface Screen {
  readonly size: () => { readonly columns: number; readonly rows: number }
  draw(rows: readonly Row[]): void
  /** Draw everything with the next draw: something else wrote here. */
  forget(): void
  /** Give the terminal back and stop, as Ctrl-Z does everywhere; go on where the shell says so (`fg`). */
  stop(): void
  /** The terminal as it was. */
  close(): void
}

export interface ScreenEvents {
  readonly onInput: (text: string) => void
  /** Nothing has come for a moment. */
  readonly onPause: () => void
  readonly onResize: () => void
}

/**
 * Take over the terminal of this process. It is given back whatever ends us: a return, a signal, a defect. No
 * text but that of `rows` is written, and that is escaped where it is made.
 */
export function openScreen(colour: boolean, events: ScreenEvents): Screen {
  const { stdout } = process
  const lines = new Lines(colour)
  const onResize = () => {
    lines.forget()
    events.onResize()
  }
  const terminal = terminalOf({ ...events, onResize, onStop: stop })

  function close(): void {
    terminal.give()
    process.off('exit', close)
    process.off('SIGCONT', goOn)
    for (const [signal, ended] of handlers) process.off(signal, ended)
  }

  function stop(): void {
    terminal.give()
    // All of the job, as the key does it where a terminal reads it. Where no shell could let us go on the
    // system ignores it, and nothing follows that would tell us: then the screen is simply drawn again.
    process.kill(0, 'SIGTSTP')
    setTimeout(goOn, 0)
  }

  function goOn(): void {
    if (terminal.take()) onResize()
  }

  const handlers = Object.entries(ENDING).map(([signal, code]) =>
    [signal, () => {
      close()
      process.exit(code)
    }] as const
  )

  // A defect ends the process by `exit` too, after its message was written: the message must stay.
  process.on('exit', close)
  process.on('uncaughtExceptionMonitor', close)
  for (const [signal, ended] of handlers) process.on(signal, ended)
  process.on('SIGCONT', goOn)
  terminal.take()

  return {
    size: () => ({ columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 }),
    draw: (rows) => terminal.write(() => lines.changed(rows)),
    forget: () => lines.forget(),
    stop,
    close,
  }
}

/** The terminal of this process, which is ours from `take` to `give`. */
function terminalOf(
  { onInput, onPause, onResize, onStop }: ScreenEvents & { readonly onStop: () => void },
): { take(): boolean; give(): void; write(text: () => string): void } {
  const { stdin, stdout } = process
  let isOurs = false
  let pause: ReturnType<typeof setTimeout> | undefined

  function onData(data: Uint8Array | string): void {
    clearTimeout(pause)
    onInput(String(data))
    // A key that gave the terminal back leaves nothing to wait for.
    if (isOurs) pause = setTimeout(onPause, SEQUENCE_MS)
  }

  return {
    take() {
      if (isOurs) return false
      isOurs = true
      stdin.setRawMode?.(true)
      stdin.setEncoding('utf8')
      stdin.on('data', onData)
      stdin.resume()
      stdout.on('resize', onResize)
      process.on('SIGTSTP', onStop)
      stdout.write(ENTER)
      return true
    },
    give() {
      if (!isOurs) return
      isOurs = false
      clearTimeout(pause)
      stdout.write(LEAVE)
      stdin.off('data', onData)
      stdin.setRawMode?.(false)
      stdin.pause()
      stdout.off('resize', onResize)
      process.off('SIGTSTP', onStop)
    },
    write: (text) => void (isOurs && stdout.write(text())),
  }
}

/** What is on the screen, so that only what changes is written. */
class Lines {
  readonly #colour: boolean
  #drawn: readonly string[] | undefined

  constructor(colour: boolean) {
    this.#colour = colour
  }

  forget(): void {
    this.#drawn = undefined
  }

  changed(rows: readonly Row[]): string {
    const lines = painted(rows, this.#colour)
    const before = this.#drawn ?? []
    let text = this.#drawn === undefined ? '\x1b[2J' : ''
    for (let row = 0; row < Math.max(lines.length, before.length); row++) {
      if (lines[row] !== before[row]) text += `\x1b[${row + 1};1H\x1b[2K${lines[row] ?? ''}`
    }
    this.#drawn = lines
    return text
  }
}

/** Lines with colours where they are wanted. */
export function painted(rows: readonly Row[], colour: boolean): string[] {
  if (!colour) return textOf(rows)
  return rows.map((row) =>
    row.map(({ text, tone }) => tone === undefined ? text : `\x1b[${TONES[tone]}m${text}\x1b[0m`)
      .join('')
  )
}

import { writeSync } from 'node:fs'
import process from 'node:process'
import { type ProblemCode, PROBLEMS, RampartError } from '../errors.ts'
import { display, displayJson } from './display.ts'

/** Text that is fit for a terminal: only `safe` and `paint` make it, and they escape what they are given. */
export class Shown {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const COLOURS = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90, bold: 1 } as const
export type Colour = keyof typeof COLOURS

/** Where a command's words go. `json` is what the caller asked for with `--json`. */
export interface Output {
  readonly json: boolean
  line(text: Shown): void
  /** To stderr, behind the name of the program. */
  note(text: Shown): void
  /** Our own text with colour, where colour is wanted; the text is escaped. */
  paint(colour: Colour, text: string): Shown
  /** One JSON document on stdout. */
  data(value: unknown): void
  /** One JSON document a line. */
  row(value: unknown): void
  /** On a person's terminal (stderr): in the place of what was last shown so; undefined takes it away. */
  progress(text: string | undefined): void
  /** Text made for a program (a script, a document): as it is. */
  verbatim(text: string): void
  /** Resolves once what was written has gone out, so that no more waits in memory. */
  drained(): Promise<void>
}

/** A template whose every value is escaped, unless it is `Shown` already. */
export function safe(parts: TemplateStringsArray, ...values: (string | number | Shown)[]): Shown {
  return new Shown(
    parts.reduce((text, part, index) => text + shownText(values[index - 1]!) + part),
  )
}

function shownText(value: string | number | Shown): string {
  return value instanceof Shown ? value.text : display(String(value))
}

/** Lines of text that came from elsewhere: each escaped, the line ends kept. */
export function safeLines(text: string): Shown {
  return new Shown(text.split('\n').map(display).join('\n'))
}

export interface Streams {
  out(text: string): void
  err(text: string): void
  /** Absent where nothing waits. */
  drained?(): Promise<void>
}

export function createOutput(
  streams: Streams,
  options: { readonly json: boolean; readonly colour: boolean; readonly progress?: boolean },
): Output {
  return {
    json: options.json,
    line: (text) => streams.out(`${text.text}\n`),
    note: (text) => streams.err(`rampart: ${text.text}\n`),
    paint: (colour, text) => {
      const plain = display(text)
      return new Shown(options.colour ? `\x1b[${COLOURS[colour]}m${plain}\x1b[0m` : plain)
    },
    data: (value) => streams.out(`${displayJson(JSON.stringify(value, null, 2))}\n`),
    row: (value) => streams.out(`${displayJson(JSON.stringify(value))}\n`),
    progress(text) {
      if (options.progress) streams.err(`\r\x1b[K${text === undefined ? '' : display(text)}`)
    },
    verbatim: (text) => streams.out(text),
    drained: async () => await streams.drained?.(),
  }
}

/** What a shell says of a program that SIGPIPE has ended; 0 would be an allow, or an unbroken trail. */
const READER_GONE = 141

let readerGone = READER_GONE

/** From now on this is how it ends when nobody reads what it says: some readers take other codes for a yes. */
export function endsWithoutReader(code: number): void {
  readerGone = code
}

let outlivesReaders = false
let onReaderGone = () => {}

/** From now on nobody needs to read what is printed: a server decides on without its log. */
export function outliveReaders(whenGone: () => void = () => {}): void {
  outlivesReaders = true
  onReaderGone = whenGone
}

/** After any of these nobody waits for room any more. */
const ENDS = ['drain', 'close', 'error']

/** The process's own streams. A reader that went away (`| head`) ends us quietly, but never with success. */
export function processStreams(): Streams {
  watched(process.stdout)
  watched(process.stderr)
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    drained: () =>
      process.stdout.writableNeedDrain
        ? new Promise((resolve) => {
          // Whoever went away drains nothing.
          const done = () => {
            for (const event of ENDS) process.stdout.off(event, done)
            resolve()
          }
          for (const event of ENDS) process.stdout.once(event, done)
        })
        : Promise.resolve(),
  }
}

/** What a pipe that nobody has read from yet takes at once. */
const AT_ONCE = 60 << 10

/**
 * The streams of a process that says little and ends: it writes by itself what fits, for the runtime's own
 * streams take longer to load than the process to answer. What does not fit goes out through those.
 */
export function briefStreams(): Streams {
  const writer = (fd: 1 | 2) => {
    let later: NodeJS.WriteStream | undefined
    return (text: string): void => {
      const bytes = Buffer.from(text)
      const fits = later === undefined && bytes.length <= AT_ONCE
      const written = fits ? writeNow(fd, bytes) : 0
      if (written === bytes.length) return
      later ??= watched(fd === 1 ? process.stdout : process.stderr)
      later.write(bytes.subarray(written))
    }
  }
  return { out: writer(1), err: writer(2) }
}

function writeNow(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
    onStreamError(error as NodeJS.ErrnoException)
    return bytes.length
  }
}

function watched(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return stream.on('error', onStreamError)
}

function onStreamError(error: NodeJS.ErrnoException): void {
  if (outlivesReaders) {
    onReaderGone()
    return
  }
  if (error.code === 'EPIPE') process.exit(readerGone)
  throw error
}

/** Resolves once all that was printed has left the process. */
export async function allWritten(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map((stream) =>
      new Promise<void>((resolve) => {
        if (stream.destroyed) resolve()
        else stream.write('', () => resolve())
      })
    ),
  )
}

/** End this process once what was printed has gone out: what still waits, such as a read of input, is given up. */
export function leave(code: number): void {
  allWritten().then(() => process.exit(code))
}

/** Whether stdout is a person's terminal. */
export function isTerminal(): boolean {
  return process.stdout.isTTY === true
}

/** Whether a person sees what goes to stderr. */
export function showsProgress(): boolean {
  return process.stderr.isTTY === true
}

/** Report a failure in the form that was asked for; the exit code is the problem's own. */
export function reportFailure(error: unknown, out: Output, debug: boolean): number {
  const known = error instanceof RampartError
  const code: ProblemCode = known ? error.code : 'internal'
  const detail = error instanceof Error ? error.message : String(error)
  const errors = known ? error.errors : []
  if (out.json) out.data({ code, title: PROBLEMS[code].title, detail, errors })
  else {
    out.note(known ? safeLines(detail) : safe`A defect in Rampart: ${detail}`)
    for (const { pointer, detail } of errors) {
      out.note(safe`  ${pointer === '' ? '' : `${pointer}: `}${detail}`)
    }
  }
  if (debug && error instanceof Error) out.note(safeLines(error.stack ?? ''))
  return PROBLEMS[code].exit
}

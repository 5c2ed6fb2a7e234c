import process from 'node:process'
import { redactLine } from '../audit/secret-hide.ts'
import type { KnownSecrets } from '../audit/secret-known.ts'
import type { Log } from '../ports.ts'

/** Least severe first. */
const LEVELS = ['info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

export interface StderrLogOptions {
  /** Lines below it are left out; `info` by default. */
  readonly level?: LogLevel | undefined
  /** Secrets whose very text is known: they are in no line. */
  readonly known?: KnownSecrets | undefined
  /** Where a line goes, with its line feed; stderr by default. */
  readonly write?: ((line: string) => void) | undefined
}

/** Longest detail of one line: a log is no place to fill a disk. */
const DETAIL = 8192

/**
 * One line an event, without secrets. Whatever came from outside is escaped, so that no text can forge a
 * line or drive a terminal (security.md F13).
 */
export function createStderrLog(options: StderrLogOptions = {}): Log {
  const least = LEVELS.indexOf(options.level ?? 'info')
  const write = options.write ?? ((line: string) => void process.stderr.write(line))
  function line(level: LogLevel, message: string, detail: unknown): void {
    if (LEVELS.indexOf(level) < least) return
    const told = detail === undefined ? '' : `: ${describe(detail)}`
    write(`rampart: ${level}: ${escapeControls(redactLine(message + told, options.known))}\n`)
  }
  return {
    error: (message, detail) => line('error', message, detail),
    warn: (message, detail) => line('warn', message, detail),
    info: (message, detail) => line('info', message, detail),
  }
}

function describe(detail: unknown): string {
  const text = detail instanceof Error
    ? withCauses(detail)
    : typeof detail === 'string'
    ? detail
    : safeJson(detail)
  return text.length > DETAIL ? `${text.slice(0, DETAIL)}… (${text.length} characters)` : text
}

function withCauses(error: Error): string {
  const parts: string[] = []
  let current: unknown = error
  for (let depth = 0; current instanceof Error && depth < 8; depth++) {
    parts.push(current.stack ?? `${current.name}: ${current.message}`)
    current = current.cause
  }
  return parts.join(' <- ')
}

function safeJson(detail: unknown): string {
  try {
    return JSON.stringify(detail) ?? String(detail)
  } catch {
    return '(not printable)'
  }
}

/** Controls, bidirectional marks and invisibles as visible escapes. */
function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  )
}

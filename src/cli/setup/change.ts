import { Buffer } from 'node:buffer'
import { type HookCall, isOurs } from '../../setup/command-line.ts'
import { MARK } from '../../setup/hosts.ts'
import { JsoncError, placeOf, readJsonc } from '../../setup/jsonc.ts'
import { hasOurs, withEntries, withoutEntries } from '../../setup/merge.ts'
import { RampartError } from '../../errors.ts'
import type { Target } from './place.ts'
import { isUntouched, type Receipt } from './receipt.ts'
import { refusal, type Settings } from './settings-file.ts'

/** What is to become of a file. */
export interface Change {
  readonly target: Target
  readonly now: Settings | undefined
  /** `none`: it is as it should be. */
  readonly kind: 'none' | 'create' | 'change' | 'restore' | 'delete'
  readonly content?: Uint8Array
  readonly mode?: number
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'))

/**
 * What puts a hook into a file.
 *
 * @throws RampartError with file, line and column where the file cannot be read, or says something else there.
 */
export function changeToInstall(
  target: Target,
  now: Settings | undefined,
  call: HookCall,
): Change {
  const { plan, path, host } = target
  const text = now?.text ?? ''
  if (plan.kind === 'own' && now !== undefined && !isOwn(target, text)) {
    throw refusal(path, "it is somebody else's; take it away to have ours there")
  }
  const wanted = plan.kind === 'own'
    ? plan.text(call)
    : located(path, text, () => withEntries(text, plan.entries(call), host.name))
  const mode = plan.kind === 'own' ? plan.mode : now?.mode ?? 0o600
  if (wanted === now?.text && mode === now.mode) return { target, now, kind: 'none' }
  return {
    target,
    now,
    kind: now === undefined ? 'create' : 'change',
    content: bytesOf(wanted),
    mode,
  }
}

/**
 * What takes it out again: the bytes of before where nobody edited the file since, else our entries alone.
 *
 * @throws RampartError as `changeToInstall` does.
 */
export function changeToRemove(
  target: Target,
  now: Settings | undefined,
  receipt: Receipt | undefined,
): Change {
  const { plan, path, host } = target
  if (now === undefined) return { target, now, kind: 'none' }
  if (receipt !== undefined && isUntouched(receipt, now)) {
    if (receipt.before === null) return { target, now, kind: 'delete' }
    const content = new Uint8Array(Buffer.from(receipt.before, 'base64'))
    return { target, now, kind: 'restore', content, mode: now.mode }
  }
  if (plan.kind === 'own') return { target, now, kind: isOwn(target, now.text) ? 'delete' : 'none' }
  const before = textBefore(receipt)
  const left = located(path, now.text, () => withoutEntries(now.text, host.name, before))
  if (left === now.text) return { target, now, kind: 'none' }
  if (receipt?.before === null && isHusk(target, left)) return { target, now, kind: 'delete' }
  return { target, now, kind: 'change', content: bytesOf(left), mode: now.mode }
}

/** A file without us, as it is remembered for later. */
export function withoutUs(
  { host, plan, path }: Target,
  now: Settings,
  receipt: Receipt | undefined,
): string | undefined {
  if (plan.kind === 'own') return undefined
  const before = textBefore(receipt)
  return located(path, now.text, () => withoutEntries(now.text, host.name, before))
}

/** What a file said before any setup; nothing where that cannot be read as settings. */
function textBefore(receipt: Receipt | undefined): string {
  const text = Buffer.from(receipt?.before ?? '', 'base64').toString('utf8')
  try {
    readJsonc(text)
    return text
  } catch {
    return ''
  }
}

/** Whether a file holds a hook of ours, whichever version wrote it. */
export function holdsOurs(target: Target, { text }: Settings): boolean {
  const { plan, host, path } = target
  return plan.kind === 'own'
    ? isOwn(target, text)
    : located(path, text, () => hasOurs(text, host.name))
}

/** A whole file of ours: it says so, or runs one of our hooks. */
function isOwn({ host }: Target, text: string): boolean {
  return text.includes(MARK) || text.split('\n').some((line) => isOurs(line, host.name))
}

/** Nothing is left but what setup put there for the file to be valid. */
function isHusk({ plan }: Target, text: string): boolean {
  if (plan.kind === 'own') return false
  const root = readJsonc(text)
  if (root === undefined) return true
  const fallbacks = plan.entries({ command: '', argv: [], seconds: 0 })
    .flatMap((entry) => 'fallback' in entry ? [entry.at[0]] : [])
  return root.kind === 'object' && root.parts.every(({ key }) => fallbacks.includes(key)) &&
    !/\/[/*]/.test(text)
}

function located<T>(path: string, text: string, body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof JsoncError)) throw error
    const { line, col } = placeOf(text, error.at)
    throw new RampartError(
      'config_invalid',
      `${path}:${line}:${col}: ${error.message}; nothing was changed`,
    )
  }
}

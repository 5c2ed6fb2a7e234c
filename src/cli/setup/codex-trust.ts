import { type ChildProcess, spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { z } from 'zod'
import { isOurs } from '../../setup/command-line.ts'
import { findProgram } from '../wrap/program.ts'
import { readSettings } from './settings-file.ts'

/** Whether Codex runs our hooks. It runs none whose definition nobody trusted, and says nothing of it. */
export type Trust =
  | { readonly state: 'trusted' }
  | { readonly state: 'untrusted' | 'unknown'; readonly why: string }

/** Starting, listing and writing take a second together. */
const PATIENCE_MS = 15_000

const Hook = z.looseObject({
  key: z.string(),
  currentHash: z.string(),
  trustStatus: z.string().optional(),
  enabled: z.boolean().optional(),
})
const Listed = z.looseObject({ data: z.array(z.looseObject({ hooks: z.array(Hook) })) })
type Hook = z.infer<typeof Hook>

export interface Codex {
  /** `hooks.json` that holds our hooks. */
  readonly file: string
  /** A directory that it counts for. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Trust our own hooks as Codex's `/hooks` screen does, through its app-server; those of others stay as they are.
 * Never rejects.
 */
export async function trustCodex(codex: Codex): Promise<Trust> {
  return await talk(codex, async (call) => {
    const before = await ours(call, codex)
    if (before.length === 0) return { state: 'untrusted', why: 'codex does not see the hooks' }
    if (before.every(isTrusted)) return { state: 'trusted' }
    const value = Object.fromEntries(
      before.map((hook) => [hook.key, { trusted_hash: hook.currentHash }]),
    )
    const edits = [{ keyPath: 'hooks.state', value, mergeStrategy: 'upsert' }]
    await call('config/batchWrite', { edits })
    return judge(await ours(call, codex))
  })
}

/** The same without changing anything. */
export async function codexTrust(codex: Codex): Promise<Trust> {
  return await talk(codex, async (call) => judge(await ours(call, codex)))
}

function judge(hooks: readonly Hook[]): Trust {
  if (hooks.length === 0) return { state: 'untrusted', why: 'codex does not see the hooks' }
  return hooks.every(isTrusted) ? { state: 'trusted' } : {
    state: 'untrusted',
    why: 'codex does not run a hook that nobody trusted, or that is switched off',
  }
}

const isTrusted = ({ trustStatus, enabled }: Hook) =>
  (trustStatus === 'trusted' || trustStatus === 'managed') && enabled !== false

type Call = (method: string, params: unknown) => Promise<unknown>

async function ours(call: Call, { file, cwd }: Codex): Promise<Hook[]> {
  const { data } = Listed.parse(await call('hooks/list', { cwds: [cwd] }))
  const hooks = data.flatMap((one) => one.hooks)
  const groups = await definitions(file)
  return hooks.filter(({ key }) => {
    const [, path, event, group, index] = /^(.*):([a-z_]+):(\d+):(\d+)$/.exec(key) ?? []
    if (path === undefined || !isSameFile(path, file)) return false
    const pascal = event!.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const command = groups[pascal]?.[Number(group)]?.hooks?.[Number(index)]?.command
    return typeof command === 'string' && isOurs(command, 'codex')
  })
}

type Groups = Readonly<
  Record<string, readonly { readonly hooks?: readonly { readonly command?: unknown }[] }[]>
>

async function definitions(file: string): Promise<Groups> {
  const read = await readSettings(file)
  // The host reads strict JSON; what it cannot read has no hooks.
  return read === undefined ? {} : (JSON.parse(read.text) as { hooks?: Groups }).hooks ?? {}
}

function isSameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other)
  } catch {
    return one === other
  }
}

async function talk(
  { cwd, env }: Codex,
  body: (call: Call) => Promise<Trust>,
): Promise<Trust> {
  const program = findProgram('codex', env.PATH ?? '')
  if (!('path' in program)) return { state: 'unknown', why: 'codex is not in PATH' }
  const child = spawn(program.path, ['app-server'], { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] })
  const { call, gone } = client(child)
  const late = Promise.withResolvers<Trust>()
  const timer = setTimeout(
    () =>
      late.resolve({ state: 'unknown', why: `codex did not answer in ${PATIENCE_MS / 1000} s` }),
    PATIENCE_MS,
  )
  try {
    return await Promise.race([conversation(child, call, body), gone, late.promise])
  } catch (error) {
    return { state: 'unknown', why: (error as Error).message }
  } finally {
    clearTimeout(timer)
    child.kill('SIGTERM')
  }
}

async function conversation(
  child: ChildProcess,
  call: Call,
  body: (call: Call) => Promise<Trust>,
): Promise<Trust> {
  await call('initialize', {
    clientInfo: { name: 'rampart', title: 'rampart', version: '1' },
    capabilities: { experimentalApi: true },
  })
  child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'initialized' })}\n`)
  return await body(call)
}

/** JSON-RPC, a line each way. */
function client(child: ChildProcess): { readonly call: Call; readonly gone: Promise<Trust> } {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const gone = Promise.withResolvers<Trust>()
  let rest = ''
  let last = 0
  child.on('error', (error) => gone.resolve({ state: 'unknown', why: `codex: ${error.message}` }))
  child.on('close', () => gone.resolve({ state: 'unknown', why: 'codex ended before it answered' }))
  child.stdin!.on('error', () => {})
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) answer(line, waiting)
  })
  return {
    gone: gone.promise,
    call(method, params) {
      const id = ++last
      const answered = Promise.withResolvers<unknown>()
      waiting.set(id, answered)
      child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
      return answered.promise
    },
  }
}

const Answer = z.looseObject({ id: z.number(), method: z.undefined().optional() })

function answer(line: string, waiting: Map<number, PromiseWithResolvers<unknown>>): void {
  let message: unknown
  try {
    message = JSON.parse(line)
  } catch {
    // Whatever else it prints is not for us.
    return
  }
  const read = Answer.safeParse(message)
  if (!read.success) return
  const { id, error, result } = read.data
  if (error === undefined) waiting.get(id)?.resolve(result)
  else waiting.get(id)?.reject(new Error(`codex refused: ${JSON.stringify(error)}`))
  waiting.delete(id)
}

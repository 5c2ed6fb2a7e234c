import { existsSync } from 'node:fs'
import type { Invocation } from '../command.ts'
import { places } from '../config.ts'
import { type Output, safe } from '../output.ts'
import { isServed, readServerFile } from '../server-file.ts'
import { nativeFile } from './native.ts'

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

/** What the boundary of this machine needs and whether it is there: 0 all well, 1 not. */
export async function look({ environment: { home }, out }: Invocation): Promise<number> {
  const checks = [
    stateOf(home),
    await serverOf(home),
    await fileOf(home, 'librampart.so'),
    await fileOf(home, 'rampart-shim'),
  ]
  const ok = checks.every((check) => check.ok)
  if (out.json) out.data({ ok, home, checks })
  else for (const check of checks) print(check, out)
  return ok ? 0 : 1
}

function stateOf(home: string): Check {
  const isThere = existsSync(home)
  return {
    name: 'state',
    ok: true,
    detail: isThere ? home : `${home} is not there yet: the first server makes it`,
  }
}

async function serverOf(home: string): Promise<Check> {
  const server = isServed(home) ? await readServerFile(home) : undefined
  const detail = server === undefined
    ? `none runs on ${places(home).run}: wrap and preload start their own`
    : `${server.url}, socket ${server.socket ?? 'none: wrap and preload cannot ask it'}`
  return { name: 'server', ok: server?.socket !== null, detail }
}

async function fileOf(home: string, name: 'librampart.so' | 'rampart-shim'): Promise<Check> {
  const native = await nativeFile(home, name)
  return 'path' in native
    ? { name, ok: true, detail: native.path }
    : { name, ok: false, detail: native.why }
}

function print({ name, ok, detail }: Check, out: Output): void {
  out.line(safe`${out.paint(ok ? 'green' : 'red', ok ? 'ok' : 'bad')}  ${name}  ${detail}`)
}

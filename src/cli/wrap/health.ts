import { existsSync } from 'node:fs'
import { places } from '../config.ts'
import type { Finding } from '../doctor/finding.ts'
import { isServed, readServerFile } from '../server-file.ts'
import { nativeFile } from './native.ts'

/** What the boundary of this machine needs, and whether it is there. */
export async function boundaryFindings(home: string): Promise<Finding[]> {
  return [
    stateOf(home),
    await serverOf(home),
    await fileOf(home, 'librampart.so'),
    await fileOf(home, 'rampart-shim'),
  ]
}

function stateOf(home: string): Finding {
  const isThere = existsSync(home)
  return {
    name: 'state',
    status: 'ok',
    detail: isThere ? home : `${home} is not there yet: the first server makes it`,
  }
}

async function serverOf(home: string): Promise<Finding> {
  const server = isServed(home) ? await readServerFile(home) : undefined
  const detail = server === undefined
    ? `none runs on ${places(home).run}: wrap and preload start their own`
    : `${server.url}, socket ${server.socket ?? 'none: wrap and preload cannot ask it'}`
  return { name: 'server', status: server?.socket !== null ? 'ok' : 'bad', detail }
}

async function fileOf(home: string, name: 'librampart.so' | 'rampart-shim'): Promise<Finding> {
  const native = await nativeFile(home, name)
  return 'path' in native
    ? { name, status: 'ok', detail: native.path }
    : { name, status: 'bad', detail: native.why }
}

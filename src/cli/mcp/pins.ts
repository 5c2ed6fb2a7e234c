import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { sha256Hex } from '../../adapters/hash.ts'
import { replaceFile } from '../../adapters/replace-file.ts'
import { readSmall } from '../../adapters/safe-read.ts'
import { RampartError } from '../../errors.ts'
import type { Pins } from '../../mcp/ports.ts'
import { oneAtATime } from '../wrap/lock.ts'

const SCHEMA = 'rampart.mcp-pins.v1'
const LIMIT = 16 << 20

const PinFile = z.strictObject({
  schema: z.literal(SCHEMA),
  server: z.string(),
  /** What may go by this name: the digest of its origin, and its words for people. */
  origins: z.record(z.string(), z.string()),
  /** The definition that was last accepted, by the tool's name. */
  tools: z.record(z.string(), z.string()),
})
type PinFile = z.infer<typeof PinFile>

/** What is kept of a server: its tools' definitions, and what may go by its name. */
export interface ServerPins extends Pins {
  /** `first`: the name was free and is taken now. `other`: it is another's. */
  origin(words: string): 'known' | 'first' | 'other'
  readonly origins: readonly string[]
  acceptOrigin(words: string): Promise<void>
}

/** @throws RampartError `state_unusable` for a file that is there and cannot be read: nothing is taken for new */
export async function openPins(home: string, server: string): Promise<ServerPins> {
  const path = join(home, 'mcp', `${server}.json`)
  let now = await load(path, server)
  const change = (add: (file: PinFile) => PinFile) =>
    oneAtATime(home, async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      // Another proxy of the same server may have kept something meanwhile.
      now = add(await load(path, server))
      await replaceFile(path, `${JSON.stringify(now, null, 2)}\n`)
    })
  return {
    get: (tool) => Object.hasOwn(now.tools, tool) ? now.tools[tool] : undefined,
    set: (definitions) =>
      change((file) => ({ ...file, tools: { ...file.tools, ...Object.fromEntries(definitions) } })),
    get origins() {
      return Object.values(now.origins)
    },
    origin(words) {
      if (Object.hasOwn(now.origins, sha256Hex(words))) return 'known'
      return Object.keys(now.origins).length === 0 ? 'first' : 'other'
    },
    acceptOrigin: (words) =>
      change((file) => ({ ...file, origins: { ...file.origins, [sha256Hex(words)]: words } })),
  }
}

async function load(path: string, server: string): Promise<PinFile> {
  try {
    const read = await readSmall(path, { limit: LIMIT, followLinks: false })
    if (read.text === undefined && read.code === 'ENOENT') return nothing(server)
    if (read.text === undefined) throw unusable(path, read.detail)
    const file = PinFile.parse(JSON.parse(read.text))
    if (file.server !== server) throw unusable(path, `it is of the server ${file.server}`)
    return file
  } catch (error) {
    if (error instanceof RampartError) throw error
    throw unusable(path, (error as Error).message.split('\n')[0]!)
  }
}

function nothing(server: string): PinFile {
  return { schema: SCHEMA, server, origins: {}, tools: {} }
}

function unusable(path: string, why: string): RampartError {
  return new RampartError(
    'state_unusable',
    `Cannot use ${path}: ${why}. What was accepted of this server is not known; remove the file to accept it anew`,
  )
}

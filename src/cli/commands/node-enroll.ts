import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import process from 'node:process'
import { readIdentity } from '../../adapters/node-identity.ts'
import { inTime } from '../../adapters/upstream-client.ts'
import { enrolAt } from '../../adapters/upstream-enrol.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { places } from '../config.ts'
import { readInput } from '../input.ts'
import { safe } from '../output.ts'
import { prepareState } from '../state.ts'

const CODE_LIMIT = 4096
const TIMEOUT_MS = 30_000

/** Make this machine a node of an upstream. Its server ships its trail from its next start on. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out, environment: { home } } = invocation
  for (const warning of await prepareState(home)) out.note(safe`${warning}`)
  const { node: dir, keys } = places(home)
  const known = await readIdentity(dir)
  if (known !== undefined) {
    throw new RampartError(
      'usage',
      `This machine is a node of ${known.upstream}: rampart node leave`,
    )
  }
  const ca = textFlag(invocation, 'ca')
  const wanted = {
    dir,
    keys,
    upstream: operands[0]!,
    code: await codeOf(textFlag(invocation, 'code-file')),
    name: textFlag(invocation, 'name') ?? ownName(),
    caFile: ca === undefined ? undefined : resolve(ca),
  }
  const identity = await inTime(TIMEOUT_MS, (signal) => enrolAt({ ...wanted, signal }))
  const { id, name, upstream } = identity
  if (out.json) out.data({ node: id, name, upstream })
  else {
    out.line(safe`This machine is the node ${name} of ${upstream}`)
    out.note(safe`Its server ships its trail there from its next start on`)
  }
  return 0
}

/** Never an argument: those are in everybody's list of processes. */
async function codeOf(file: string | undefined): Promise<string> {
  const text = file === undefined ? await typed() : await readFile(file, 'utf8').catch(() => {
    throw new RampartError('usage', `Cannot read ${file}`)
  })
  const code = text.trim()
  if (/^rampart_node_[0-9a-f]+$/.test(code)) return code
  throw new RampartError('usage', 'That is no code of rampart fleet code')
}

function typed(): Promise<string> {
  if (!process.stdin.isTTY) return readInput(CODE_LIMIT)
  throw new RampartError('usage', 'The code comes in by standard input or --code-file FILE')
}

/** The host's name, as far as it may be a node's. */
function ownName(): string {
  const name = hostname().replaceAll(/[^A-Za-z0-9._:-]/g, '-').replace(/^[^A-Za-z0-9]+/, '')
  return name.slice(0, 64) || 'node'
}

import type { Call, Identity, Json } from '../engine/types.ts'
import { readExec } from './exec.ts'
import { fetchSubjects } from './fetch.ts'
import { fileSubjects } from './file.ts'
import { readOther } from './mcp.ts'
import type { Role } from './mcp-words.ts'
import { placeOf } from './path.ts'
import type { Reading } from './shell/read.ts'
import { foldToolName, TOOLS } from './tools.ts'

/** A tool call as an edge hands it over: decoded, nothing in it understood yet. */
export interface RawCall {
  readonly tool: string
  readonly identity: Identity
  readonly params: Readonly<Record<string, Json>>
  readonly toolCallId?: string | undefined
  /** Only one that can be trusted (F35). */
  readonly cwd?: string | undefined
  /** Touches nothing outside the agent's host; said by that host's codec alone. */
  readonly internal?: boolean | undefined
  readonly homes: readonly string[]
  /** Texts of script files that the call would run, by absolute path. */
  readonly scripts?: ReadonlyMap<string, string> | undefined
  /** What arguments of a tool stand for, as its schema says. A claim: it can only add. */
  readonly roles?: Readonly<Record<string, Role>> | undefined
}

/**
 * Turn a raw call into what the engine judges: the tool's class and everything the call would do.
 *
 * @throws RampartError `request_invalid` for a bad tool name, a value that is missing, of the wrong type
 * or too long, and fields that name one value and differ.
 */
export function normaliseCall(raw: RawCall): Call {
  const name = foldToolName(raw.tool)
  const { subjects, complete, scripts } = raw.internal === true ? inside(name) : read(name, raw)
  return {
    tool: raw.internal === true ? name : TOOLS.get(name)?.class ?? name,
    identity: raw.identity,
    params: raw.params,
    toolCallId: raw.toolCallId,
    cwd: raw.cwd,
    subjects,
    complete,
    scripts: scripts ?? [],
  }
}

function read(name: string, { tool, params, cwd, homes, scripts, roles }: RawCall): Reading {
  const place = placeOf(cwd, homes)
  const row = TOOLS.get(name)
  switch (row?.class) {
    case 'exec':
      return readExec(row, params, place, scripts)
    case 'read':
    case 'write':
      return { subjects: fileSubjects(name, row, params, place), complete: true }
    case 'fetch':
      return { subjects: fetchSubjects(row, params, place), complete: true }
    case undefined:
      return readOther(name, params, place, { as: tool, roles })
  }
}

/** Only rules that restrict it count, and no default: what they speak of by its name or its class. */
function inside(name: string): Reading {
  const tools = [name, 'internal']
  return {
    subjects: [{ kind: 'effect', tools, label: name, paths: [], urls: [] }],
    complete: true,
  }
}

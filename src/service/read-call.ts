import type { Call } from '../engine/types.ts'
import { normaliseCall } from '../intercept/normalise.ts'
import type { DecideRequest, Services } from './services.ts'

/** A call as it was read, with the texts of the script files it would run, by path; undefined is unread. */
export interface ReadCall {
  readonly call: Call
  readonly scripts: ReadonlyMap<string, string | undefined>
}

/** Scripts that run scripts are followed so far. */
const ROUNDS = 3

/**
 * Read a call. Where it would run script files it is read again with their texts, as far as they can be
 * had; what cannot be had stays unread and is said to be.
 *
 * @throws RampartError `request_invalid` as `normaliseCall` does.
 */
export async function readCall(
  request: Pick<
    DecideRequest,
    'tool' | 'identity' | 'params' | 'toolCallId' | 'cwd' | 'internal' | 'roles'
  >,
  { facts, log }: Pick<Services, 'facts' | 'log'>,
): Promise<ReadCall> {
  const read = (scripts?: ReadonlyMap<string, string>): Call =>
    normaliseCall({
      tool: request.tool,
      identity: request.identity,
      params: request.params,
      toolCallId: request.toolCallId,
      cwd: request.cwd,
      internal: request.internal,
      homes: [facts.home()],
      scripts,
      roles: request.roles,
    })
  let call = read()
  const texts = new Map<string, string>()
  const asked = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const wanted = (call.scripts ?? []).filter((path) => !asked.has(path))
    if (wanted.length === 0) break
    for (const path of wanted) asked.add(path)
    const found = await facts.scriptsOf(wanted).catch((error: unknown) => {
      log.error('Cannot read the scripts of a call', error)
      return new Map<string, string>()
    })
    if (found.size === 0) break
    for (const [path, text] of found) texts.set(path, text)
    call = read(texts)
  }
  return { call, scripts: new Map([...asked].map((path) => [path, texts.get(path)])) }
}

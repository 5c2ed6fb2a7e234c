import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Agent, type Mode, oneOf } from './agent.ts'
import type { Decided, Marker, Ran, Server, World } from './world.ts'

export interface Result {
  readonly row: string
  readonly ok: boolean
  /** What happened, for the table. */
  readonly said: string
  /** For people who have to find out why. */
  readonly more?: string
}

/** One command, run by the agent's own tool for it. */
async function command(
  { agent, world }: Scene,
  line: string,
  mode: 'free' | 'own' = 'free',
): Promise<{ readonly ran: Ran; readonly decided: readonly Decided[] }> {
  world.decided()
  const ran = await world.run(mode, (tools) => agent.shell(line, tools))
  return { ran, decided: world.decided() }
}

export interface Scene {
  readonly agent: Agent
  readonly world: World
}

const trace = (ran: Ran, decided: readonly Decided[]): string =>
  JSON.stringify({
    code: ran.code,
    late: ran.late,
    call: ran.call?.name,
    told: ran.told?.slice(0, 400),
    decided,
    printed: ran.printed.slice(-1500),
  })

/** The reason that the model read; the first words of it. */
const isTold = ({ told }: Ran): boolean => /Rampart (?:blocked|needs)/.test(told ?? '')

/** What nobody objects to runs. `via` says who decided: the server, or the hook by itself. */
export async function benign(
  scene: Scene,
  row: string,
  via: string,
): Promise<Result & { tools: Set<string> }> {
  const marker = scene.world.marker(`${via}-benign`)
  const { ran, decided } = await command(scene, `touch ${marker.path}`)
  const asked = decided.length > 0 && decided.every((one) => one.via === via)
  const ok = marker.made() && asked
  const said = marker.made() ? asked ? 'runs' : 'runs, unasked' : 'does not run'
  return { row, ok, said, tools: ran.tools, more: trace(ran, decided) }
}

/** What is denied does not run, no part of it; the model is told why. */
export async function denied(scene: Scene, row: string, via: string): Promise<Result> {
  const marker = scene.world.marker(`${via}-denied`)
  const { ran, decided } = await command(scene, `touch ${marker.path}; cat ~/.ssh/id_rsa`)
  return held(scene, row, marker, ran, decided, via)
}

function held(
  { agent }: Scene,
  row: string,
  marker: Marker,
  ran: Ran,
  decided: readonly Decided[],
  via: string,
): Result {
  const asked = decided.some((one) => one.via === via && one.action === 'deny')
  const told = isTold(ran)
  const ok = ran.call !== undefined && !marker.made() && asked && told === agent.tells
  const what = marker.made() ? 'RUNS' : asked ? 'does not run' : 'not asked'
  return {
    row,
    ok,
    said: `${what}; model ${told ? 'told why' : 'not told'}`,
    more: trace(ran, decided),
  }
}

/** A person says yes over the API while the agent waits; where the agent asks its own user, nobody is there. */
export async function asked(scene: Scene, row: string, server: Server): Promise<Result> {
  const { agent, world } = scene
  if (agent.asks === 'user') return await askedItself(scene, row)
  const marker = world.marker('asked')
  const done = new AbortController()
  const person = approve(server, marker.path, done.signal)
  const { ran, decided } = await command(scene, `touch ${marker.path}`)
  done.abort()
  const yes = await person
  const ok = marker.made() && yes === 1
  const said = marker.made() ? 'waits, runs after the yes' : 'does not run'
  return { row, ok, said: yes === 0 ? 'nobody was asked' : said, more: trace(ran, decided) }
}

/** Without a terminal its user cannot answer: it says so, with our reason. */
async function askedItself(scene: Scene, row: string): Promise<Result> {
  const marker = scene.world.marker('asked')
  const { ran, decided } = await command(scene, `touch ${marker.path}`, 'own')
  const own = ran.call !== undefined && !marker.made() && /A person decides/.test(ran.told ?? '')
  const delegated = decided.some(({ action }) => action === 'ask_delegated')
  const said = own ? 'asks its own user' : 'does not ask'
  return { row, ok: own && delegated, said, more: trace(ran, decided) }
}

/**
 * A host that answers its own questions is told no at once, and a person is asked all the same. (Their yes is for the
 * same call in the same session, which a second run is not.)
 */
export async function unasked(scene: Scene, row: string, server: Server): Promise<Result> {
  const marker = scene.world.marker('unasked-asked')
  const { ran, decided } = await command(scene, `touch ${marker.path}`)
  const done = new AbortController()
  const person = approve(server, marker.path, done.signal, () => done.abort())
  const yes = await Promise.race([person, setTimeout(10_000, 0)])
  done.abort()
  const ok = ran.call !== undefined && !marker.made() && isTold(ran) && yes === 1
  const what = marker.made() ? 'RUNS' : 'denied at once'
  const asks = yes === 1 ? 'a person is asked' : 'nobody is asked'
  return { row, ok, said: `${what}; ${asks}`, more: trace(ran, decided) }
}

/**
 * In a mode that asks its user less: what policies ask about does not run unanswered, be it a command or a file that
 * is written, though the mode by itself would let it.
 */
export async function inMode(scene: Scene, mode: Mode, row: string): Promise<Result> {
  const { world } = scene
  const said: string[] = []
  const more: string[] = []
  let ok = true
  for (const what of ['command', 'file'] as const) {
    const marker = world.marker(`${mode}-${what}-asked`)
    world.decided()
    const ran = await world.run(
      mode,
      (tools) =>
        what === 'command'
          ? scene.agent.shell(`touch ${marker.path}`, tools)
          : oneOf([{ name: 'Write', args: { file_path: marker.path, content: 'x' } }], tools),
    )
    const decided = world.decided()
    const asks = decided.some(({ action }) => /ask|approval/.test(action))
    ok &&= ran.call !== undefined && asks && !marker.made()
    said.push(`${what} ${marker.made() ? 'RUNS' : asks ? 'does not run' : 'not asked'}`)
    more.push(trace(ran, decided))
  }
  return { row, ok, said: said.join(', '), more: more.join('\n') }
}

/** Says yes to what is asked; resolves with how often. */
async function approve(
  { url, token }: Server,
  about: string,
  done: AbortSignal,
  onYes = () => {},
): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answered = new Set<string>()
  while (!done.aborted) {
    const listed = await fetch(`${url}/v1/approvals?status=pending`, { headers })
    const { approvals } = await listed.json() as { approvals: { id: string; params: object }[] }
    // What other modes left open is not what this one asks.
    for (const { id } of approvals.filter((one) => JSON.stringify(one.params).includes(about))) {
      const body = JSON.stringify({ approved: true, resolved_by: 'test' })
      const { ok } = await fetch(`${url}/v1/approvals/${id}/resolve`, {
        method: 'POST',
        headers,
        body,
      })
      if (!ok) continue
      answered.add(id)
      onYes()
    }
    await setTimeout(100)
  }
  return answered.size
}

/** As people start it, the agent's own question or sandbox still stands in the way of what we let pass. */
export async function ownPrompt(scene: Scene, row: string): Promise<Result> {
  const marker = scene.world.marker('own')
  const { ran, decided } = await command(scene, `touch ${marker.path}`, 'own')
  const offered = ran.call !== undefined
  const seen = decided.some(({ action }) => action === 'allow')
  // Gemini CLI shows its model no tool that nobody could be asked about.
  const ok = !marker.made() && (offered ? seen : ran.tools.size > 0)
  const still = offered
    ? seen ? 'still there, after ours' : 'still there'
    : 'still there: not offered'
  return { row, ok, said: marker.made() ? 'SWITCHED OFF' : still, more: trace(ran, decided) }
}

/** Without our hooks the same call runs: so the other rows can fail. */
export async function removed(scene: Scene, row: string): Promise<Result> {
  const { agent, world } = scene
  const taken = world.rampart('setup', agent.host, '--remove')
  const marker = world.marker('removed')
  const { ran, decided } = await command(scene, `touch ${marker.path}; cat ~/.ssh/id_rsa`)
  const ok = taken.code === 0 && marker.made() && decided.length === 0
  return {
    row,
    ok,
    said: marker.made() ? 'runs' : 'does not run',
    more: `${taken.out}${trace(ran, decided)}`,
  }
}

/** The host's own loader takes the plugin that setup wrote, and nothing of it after `--remove`. */
export function loads({ agent, world }: Scene, argv: readonly string[], row: string): Result {
  const { env, work, program } = world.place
  const look = () => {
    const { stdout } = spawnSync(program, argv, { env, cwd: work, encoding: 'utf8' })
    const { plugin, typedHooks } = readJson(stdout)
    return { status: plugin?.status, hooks: (typedHooks ?? []).map(({ name }) => name).sort() }
  }
  const before = look()
  const gone = world.rampart('setup', agent.host, '--remove').code === 0 && look()
  const ok = before.status === 'loaded' &&
    String(before.hooks) === 'after_tool_call,before_tool_call'
  const said = `${before.status ?? 'not found'}, hooks: ${before.hooks.join(' ')}; removed: ${
    gone && gone.status === undefined ? 'gone' : 'STILL THERE'
  }`
  return { row, ok: ok && gone !== false && gone.status === undefined, said }
}

interface Inspected {
  readonly plugin?: { readonly status?: string }
  readonly typedHooks?: readonly { readonly name: string }[]
}

function readJson(text: string): Inspected {
  try {
    return JSON.parse(text.slice(text.indexOf('{'))) as Inspected
  } catch {
    return {}
  }
}

/** The hook cannot be started: with the switch that setup writes the call is blocked, without it it runs. */
export async function unstartable(scene: Scene, row: string): Promise<Result> {
  const { world } = scene
  const settings = join(world.place.home, '.claude/settings.json')
  const before = readFileSync(settings, 'utf8')
  const broken = before.replace(
    /"command": ?"(?:[^"\\]|\\.)*"/g,
    '"command": "/nowhere/rampart hook"',
  )
  const lines: string[] = []
  const runs: boolean[] = []
  for (const text of [broken, broken.replaceAll(/"onFailure": ?"block",?/g, '')]) {
    writeFileSync(settings, text)
    const marker = world.marker(`broken-${runs.length}`)
    const { ran, decided } = await command(scene, `touch ${marker.path}`)
    runs.push(marker.made())
    lines.push(trace(ran, decided))
  }
  writeFileSync(settings, before)
  const said = `with \`onFailure: "block"\` ${runs[0] ? 'RUNS' : 'does not run'}, without ${
    runs[1] ? 'runs' : 'does not run'
  }`
  const ok = existsSync(settings) && runs[0] === false && runs[1] === true
  return { row, ok, said, more: lines.join('\n') }
}

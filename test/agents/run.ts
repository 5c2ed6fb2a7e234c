import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../e2e/server.ts'
import { type Agent, OWN_MODES } from './agent.ts'
import { AGENTS } from './agents.ts'
import * as cases from './cases.ts'
import { installed } from './install.ts'
import { kept, type Measured, tableOf, writePage } from './page.ts'
import { toolsOf } from './tools.ts'
import { makeWorld } from './world.ts'

/**
 * Real agents, held by what `rampart setup` writes: `npm run test:agents [-- AGENT…]`. No part of `npm test`, for
 * it takes the agents from npm. `--write` puts the results into docs/agents.md, `--verbose` tells what happened.
 */
const words = process.argv.slice(2)
const flags = new Set(words.filter((word) => word.startsWith('--')))
const names = words.filter((word) => !word.startsWith('--'))
const chosen = AGENTS.filter(({ name }) => names.length === 0 || names.includes(name))
const say = (text: string) => process.stdout.write(`${text}\n`)

async function measure(agent: Agent, program: string): Promise<Measured> {
  const day = new Date().toISOString().slice(0, 10)
  const world = await makeWorld(agent, program)
  const scene = { agent, world }
  const results: cases.Result[] = []
  const row = async (one: Promise<cases.Result>) => {
    const result = await one
    results.push(result)
    say(`  ${result.ok ? 'ok  ' : 'FAIL'} ${result.row}: ${result.said}`)
    if (!result.ok || flags.has('--verbose')) say(`       ${result.more ?? ''}`)
  }
  try {
    const set = world.rampart('setup', agent.host)
    await row(Promise.resolve({
      row: 'setup',
      ok: set.code === 0 && world.rampart('setup', agent.host, '--check').code === 0,
      said: set.code === 0 ? 'installs' : `ends with ${set.code}`,
      more: set.out,
    }))
    if (agent.inspect !== undefined) {
      await row(Promise.resolve(cases.loads(scene, agent.inspect, 'its own loader')))
      return { agent, day, results }
    }
    const first = await cases.benign(scene, 'benign call, server down', 'local')
    await row(Promise.resolve(first))
    await row(cases.denied(scene, 'denied call, server down', 'local'))
    const server = await world.serve()
    await row(cases.benign(scene, 'benign call, server up', 'hook'))
    await row(cases.denied(scene, 'denied call, server up', 'hook'))
    await row(cases.asked(scene, 'call that needs a yes', server))
    await row(cases.ownPrompt(scene, "agent's own question"))
    if (agent.name === 'claude') {
      for (const mode of OWN_MODES) {
        await row(cases.inMode(scene, mode, `the same in \`${mode}\``))
      }
      await row(cases.unasked(scene, 'the same in `bypassPermissions`', server))
      await row(cases.unstartable(scene, 'hook cannot be started'))
    }
    await row(cases.removed(scene, 'denied call, hook removed'))
    await row(Promise.resolve(toolsOf(agent, first.tools, 'tools it declares')))
  } finally {
    await world.close()
  }
  return { agent, day, results }
}

/** Once more, in a network that has loopback alone, where this machine can make one. */
function alone(): number | undefined {
  if (process.env['RAMPART_AGENTS_ALONE'] !== undefined) return undefined
  const own = process.getuid?.() === 0 ? ['-n'] : ['-rn']
  const up = 'ip link set lo up && exec "$@"'
  if (spawnSync('unshare', [...own, 'sh', '-c', up, 'sh', 'true']).status !== 0) return undefined
  const self = [process.execPath, fileURLToPath(import.meta.url), ...words]
  const { status } = spawnSync('unshare', [...own, 'sh', '-c', up, 'sh', ...self], {
    stdio: 'inherit',
    env: { ...process.env, RAMPART_AGENTS_ALONE: '1' },
  })
  return status ?? 1
}

async function main(): Promise<number> {
  if (!existsSync(join(ROOT, 'dist', 'rampart'))) throw new Error('npm run build comes first')
  const unknown = names.filter((name) => !AGENTS.some((agent) => agent.name === name))
  if (unknown.length > 0) throw new Error(`no such agent: ${unknown.join(' ')}`)
  const programs = chosen.map((agent) => [agent, installed(agent)] as const)
  const status = alone()
  if (status !== undefined) return status
  const measured: Measured[] = []
  for (const [agent, program] of programs) {
    say(`${agent.title} ${agent.version}`)
    const one = await measure(agent, program)
    measured.push(one)
    kept(one)
  }
  say(`\n${tableOf(measured)}`)
  if (flags.has('--write')) writePage()
  return measured.every(({ results }) => results.every(({ ok }) => ok)) ? 0 : 1
}

process.exitCode = await main()

// What `codex app-server` answers to setup, as version 0.169.0 does: hooks with the hash of their definition, and
// trust kept in config.toml. `CODEX_STAND_IN=mute` answers nothing.
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'

const dir = process.env.CODEX_HOME ?? join(process.env.HOME, '.codex')
const file = join(dir, 'hooks.json')
const config = join(dir, 'config.toml')
const read = (path) => existsSync(path) ? readFileSync(path, 'utf8') : ''
const snake = (event) => event.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase()

function hooks() {
  const { hooks = {} } = JSON.parse(read(file) || '{}')
  return Object.entries(hooks).flatMap(([event, groups]) =>
    groups.flatMap((group, i) =>
      group.hooks.map((hook, j) => {
        const key = `${file}:${snake(event)}:${i}:${j}`
        const definition = JSON.stringify([group.matcher, hook])
        const currentHash = `sha256:${createHash('sha256').update(definition).digest('hex')}`
        const isTrusted = read(config).includes(
          `[hooks.state.${JSON.stringify(key)}]\ntrusted_hash = "${currentHash}"`,
        )
        return { key, currentHash, enabled: true, trustStatus: isTrusted ? 'trusted' : 'untrusted' }
      })
    )
  )
}

function trust({ edits }) {
  for (const [key, { trusted_hash }] of Object.entries(edits[0].value)) {
    const head = read(config).includes('[hooks.state]') ? '' : '\n[hooks.state]\n'
    const table = `\n[hooks.state.${JSON.stringify(key)}]\ntrusted_hash = "${trusted_hash}"\n`
    appendFileSync(config, head + table)
  }
  return {}
}

const METHODS = {
  initialize: () => ({ codexHome: dir }),
  'hooks/list': ({ cwds }) => ({ data: [{ cwd: cwds[0], hooks: hooks() }] }),
  'config/batchWrite': trust,
}

if (process.env.CODEX_STAND_IN !== 'mute') process.stdout.write('a line that is no JSON\n')
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined || process.env.CODEX_STAND_IN === 'mute') continue
  process.stdout.write(`${JSON.stringify({ id, result: METHODS[method](params) })}\n`)
}

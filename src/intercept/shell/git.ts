import { type Effect, guessed, type Touched } from './effects.ts'
import { GIT_GLOBAL } from './git-options.ts'
import { readArguments, tail } from './options.ts'
import type { Field } from './words.ts'

const REMOTE = new Set(['clone', 'push', 'fetch', 'pull', 'ls-remote', 'remote', 'submodule'])

/** What `git` reaches and touches, as far as its arguments say; hooks and aliases may do more. */
export function gitEffects(fields: readonly Field[]): Touched {
  const globals = readArguments(fields, GIT_GLOBAL, true)
  const effects: Effect[] = []
  for (const { name, value } of globals.options) {
    if (value !== undefined && /^(?:-C|--git-dir|--work-tree)$/.test(name)) {
      effects.push({ kind: 'path', access: 'read', field: value })
    }
  }
  const rest = fields.slice(globals.rest)
  const name = rest[0]?.text ?? ''
  const others = rest.slice(1)
  effects.push(...outputOf(name, others))
  const remotes = REMOTE.has(name) ? others.flatMap((field) => remoteOf(field)) : []
  effects.push(...remotes)
  effects.push(...guessed(others.filter((field) => remoteOf(field).length === 0)))
  if (name === 'show' || name === 'cat-file') {
    for (const field of others) {
      const colon = field.text.indexOf(':')
      if (colon > 0) effects.push({ kind: 'path', access: 'read', field: tail(field, colon + 1) })
    }
  }
  if (name === 'rm' || name === 'clean') {
    for (const field of others) {
      if (!field.text.startsWith('-') && !(name === 'clean' && field.text === '.git')) {
        effects.push({ kind: 'path', access: 'delete', field })
      }
    }
  }
  return { effects, complete: false }
}

/** Subcommands that write what they print into the file behind `-o`. */
const SAVING = new Set(['archive', 'format-patch', 'bundle'])

function outputOf(name: string, fields: readonly Field[]): Effect[] {
  return fields.flatMap((field, i): Effect[] => {
    const front = /^--output(?:-directory)?=/.exec(field.text)?.[0]
    const next = /^--output(?:-directory)?$/.test(field.text) ||
      (field.text === '-o' && SAVING.has(name))
    const file = front !== undefined ? tail(field, front.length) : next ? fields[i + 1] : undefined
    return file === undefined ? [] : [{ kind: 'path', access: 'write', field: file }]
  })
}

/** `https://host/x`, `git@host:x`; a bare name is a remote whose address the repository knows. */
function remoteOf(field: Field): Effect[] {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(field.text)) return [{ kind: 'url', scheme: 'ssh', field }]
  const scp = /^(?:[^/:@\s-][^/:@\s]*@)([^/:\s]+):(?!:)/.exec(field.text)
  if (scp === null) return []
  return [{ kind: 'url', scheme: 'ssh', field: { ...field, text: scp[1]! } }]
}

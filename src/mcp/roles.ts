import type { Json } from '../engine/types.ts'
import { type Role, roleOf } from '../intercept/mcp-words.ts'
import { isFields } from './message.ts'

/** What a description says of its argument in its first words. */
const SAID: readonly (readonly [Role, RegExp])[] = [
  [
    'command',
    /^(?:the |a |an |full )*(?:shell |bash |terminal |system |cli )?command(?: line)?\b(?! id| name)/i,
  ],
  [
    'path',
    /^(?:the |a |an |optional |absolute |relative |full )*(?:file |directory |folder |local )?path(?:s)?\b/i,
  ],
  ['url', /^(?:the |a |an |full |absolute )*(?:url|uri|web address|link)s?\b/i],
]
const FORMATS: Readonly<Record<string, Role>> = {
  uri: 'url',
  url: 'url',
  'uri-reference': 'url',
  path: 'path',
  'file-path': 'path',
  'directory-path': 'path',
}

/**
 * What the arguments of a tool stand for as its schema says, where their names do not say it already. The
 * server wrote the schema: what it says adds to what is judged and takes nothing away.
 */
export function rolesIn(schema: Json | undefined): Record<string, Role> {
  const properties = isFields(schema) && isFields(schema['properties']) ? schema['properties'] : {}
  const roles: Record<string, Role> = {}
  for (const [name, property] of Object.entries(properties)) {
    if (name === '' || name.length > 256 || roleOf(name) !== undefined || !isFields(property)) {
      continue
    }
    const role = roleSaid(property['format'], property['description'])
    if (role !== undefined) roles[name] = role
  }
  return roles
}

function roleSaid(format: Json | undefined, description: Json | undefined): Role | undefined {
  if (typeof format === 'string' && Object.hasOwn(FORMATS, format)) return FORMATS[format]
  if (typeof description !== 'string') return undefined
  const text = description.trim().slice(0, 200)
  return SAID.find(([, pattern]) => pattern.test(text))?.[0]
}

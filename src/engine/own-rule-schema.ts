import { z } from 'zod'
import { kindOf } from './own-rule-kind.ts'
import { OWN_TEXT_LIMIT } from './own-rule-limits.ts'
import { GENERALISATIONS, OWN_ACTIONS, type OwnRule } from './own-rule.ts'

const text = z.string().min(1).max(OWN_TEXT_LIMIT)
const texts = z.array(z.string().max(OWN_TEXT_LIMIT)).max(1024)
const absolute = text.refine(
  (path) => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path),
  'expected an absolute path',
)
const instant = z.iso.datetime({ offset: true, error: 'expected an RFC 3339 time' })
/** Another field that says the same as one that must be there. */
type Shape = readonly (keyof OwnRule)[]

/** By what a rule is found: one of these sets of fields, whole. */
const SHAPES: Readonly<Record<string, readonly Shape[]>> = {
  'exec exact': [['argv'], ['line', 'cwd'], ['line']],
  'exec flags': [['program', 'flags']],
  'exec program': [['program']],
  'path exact': [['path']],
  'path directory': [['directory']],
  'fetch exact': [['url'], ['params']],
  'fetch host': [['host']],
  'fetch tool': [[]],
  'other exact': [['params']],
  'other tool': [[]],
}
const KEYS: readonly (keyof OwnRule)[] = [
  'argv',
  'line',
  'program',
  'flags',
  'path',
  'directory',
  'url',
  'host',
  'params',
]

/** One rule of the person's as `user.yaml` holds it. */
export const OwnRuleEntry = z.strictObject({
  id: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z_-]{3,63}$/, 'expected letters and digits'),
  action: z.enum(OWN_ACTIONS),
  tool: z.string().min(1).max(200).optional(),
  generalisation: z.enum(GENERALISATIONS).optional(),
  argv: texts.min(1).optional(),
  whole: text.optional(),
  line: text.optional(),
  program: text.optional(),
  verbs: texts.optional(),
  flags: texts.optional(),
  path: text.optional(),
  names: texts.optional(),
  directory: text.optional(),
  url: text.optional(),
  host: text.optional(),
  method: text.optional(),
  params: text.optional(),
  cwd: absolute.optional(),
  project: absolute.optional(),
  scripts: z.record(absolute, z.string().regex(/^(?:sha256:[0-9a-f]{64}|none)$/)).optional(),
  answers: text.optional(),
  answers_as: z.string().regex(/^[0-9a-f]{16}$/).optional(),
  once: z.boolean().optional(),
  expires_at: instant.optional(),
  reason: z.string().max(2000).optional(),
  approval: text.optional(),
  created_at: instant.optional(),
  created_by: text.optional(),
}).superRefine((rule, context) => {
  const fault = (message: string, ...path: string[]) =>
    context.addIssue({ code: 'custom', path, message })
  if (rule.action === 'except') {
    if (rule.answers === undefined) fault('an exception names the rule in "answers"')
    if (rule.reason === undefined) fault('an exception has a reason')
    for (const key of KEYS) if (rule[key] !== undefined) fault(`an exception has no "${key}"`, key)
    return
  }
  if (rule.action === 'allow' && rule.answers === undefined) {
    fault('an allow names the ask it answers in "answers": policy/rule or default_action')
  }
  if (rule.tool === undefined || rule.generalisation === undefined) {
    return fault('a rule has a tool and a generalisation')
  }
  const kind = kindOf(rule.tool)
  const shapes = SHAPES[`${kind} ${rule.generalisation}`]
  if (shapes === undefined) {
    return fault(`${rule.generalisation} is not known of ${rule.tool}`, 'generalisation')
  }
  const given = KEYS.filter((key) => rule[key] !== undefined)
  const fits = shapes.some((shape) =>
    given.every((key) => shape.includes(key)) &&
    shape.every((key) => rule[key] !== undefined)
  )
  if (!fits) {
    const wanted = shapes.map((shape) => shape.join(' and ') || 'none of them').join(', or ')
    fault(`of ${KEYS.join(', ')} it has: ${wanted}`)
  }
})

import { kindOf } from '../engine/own-rule-kind.ts'
import { OWN_TEXT_LIMIT } from '../engine/own-rule-limits.ts'
import type { Generalisation, OwnRule } from '../engine/own-rule.ts'
import type { Call, CommandForms, Subject } from '../engine/types.ts'
import { flagsOf, runsCode, verbsOf } from '../intercept/shell/runs-code.ts'
import { isChanged } from './rule-match.ts'
import { above, lineOf, methodOf, originOf, paramsKey, wholeOf } from './rule-keys.ts'

/** What a rule says of a call; who may use it, and for how long, is added by who keeps it. */
export type Draft = Pick<
  OwnRule,
  | 'tool'
  | 'generalisation'
  | 'argv'
  | 'whole'
  | 'line'
  | 'program'
  | 'verbs'
  | 'flags'
  | 'path'
  | 'names'
  | 'directory'
  | 'url'
  | 'host'
  | 'method'
  | 'params'
  | 'cwd'
  | 'scripts'
>

/** A rule that would hold for a subject, or why none of that kind is offered. */
export type Drafted = { readonly draft: Draft } | { readonly refused: string }

export interface Known {
  readonly call: Call
  readonly namesOf: (path: string) => readonly string[] | undefined
  /** Hashes of the files whose text would run (`implied.ts`), `none` where none could be read. */
  readonly scripts: Readonly<Record<string, string>>
  readonly homes: readonly string[]
}

/** What may be offered for a subject, narrowest first. */
export function offeredFor(
  { command, tools, paths, urls, kind }: Subject,
): readonly Generalisation[] {
  if (command !== undefined) return kind === 'span' ? ['exact'] : ['exact', 'flags', 'program']
  const tool = tools[0] ?? ''
  const isClass = kind !== 'part' || kindOf(tool) !== 'other'
  if (isClass && paths.length > 0) return ['exact', 'directory']
  return isClass && urls.length > 0 ? ['exact', 'host'] : ['exact', 'tool']
}

/** The rule of one generalisation for a subject, made from how the call was read, never from its text. */
export function draftFor(known: Known, index: number, generalisation: Generalisation): Drafted {
  const subject = known.call.subjects[index]!
  if (!offeredFor(subject).includes(generalisation)) {
    return refuse(`${generalisation} says nothing of this call`)
  }
  const { command, kind, tools, paths, urls } = subject
  const made = command !== undefined
    ? commandDraft(known, index, command, generalisation)
    : kind === 'part' && kindOf(tools[0] ?? '') === 'other'
    ? paramsDraft(known, subject, generalisation)
    : paths.length > 0
    ? pathDraft(known, subject, generalisation)
    : urls.length > 0
    ? urlDraft(known, subject, generalisation)
    : paramsDraft(known, subject, generalisation)
  if ('refused' in made) return made
  return JSON.stringify(made.draft).length > OWN_TEXT_LIMIT
    ? refuse(`it is longer than the ${OWN_TEXT_LIMIT} characters that a person could check`)
    : made
}

function refuse(refused: string): Drafted {
  return { refused }
}

function commandDraft(
  known: Known,
  index: number,
  command: CommandForms,
  generalisation: Generalisation,
): Drafted {
  const { call } = known
  const { kind, paths } = call.subjects[index]!
  const runs = kind === 'span' ? 'it joins several commands' : runsCode(command)
  const changed = isChanged(call, index)
  if (generalisation === 'exact') {
    if (runs !== undefined || changed) return lineDraft(known, index)
    return {
      draft: {
        tool: 'exec',
        generalisation,
        argv: command.argv,
        whole: wholeOf(command),
        // Names of files mean other files elsewhere.
        cwd: paths.length > 0 ? call.cwd : undefined,
      },
    }
  }
  if (runs !== undefined) return refuse(`${runs}: only the exact line can be kept`)
  if (changed) return refuse('its line changes what it means: only the exact line can be kept')
  if (command.assigns.length > 0 || command.fences.length > 0) {
    return refuse('it sets variables or redirects: only the exact command can be kept')
  }
  const program = command.argv[0]!
  if (generalisation === 'program') return { draft: { tool: 'exec', generalisation, program } }
  const verbs = verbsOf(command)
  return {
    draft: {
      tool: 'exec',
      generalisation,
      program,
      ...(verbs.length === 0 ? {} : { verbs }),
      flags: flagsOf(command),
    },
  }
}

/** The whole line, in its directory, while the files that it runs stay as they are (F17). */
function lineDraft({ call, scripts }: Known, index: number): Drafted {
  const line = lineOf(call)
  if (line === undefined) return refuse('its command line cannot be kept')
  const unknown = unresolvedIn(call, index)
  if (unknown.length > 0) {
    return refuse(`what it runs is known only when it runs (${unknown.join(', ')})`)
  }
  if (call.cwd === undefined) return refuse('it runs code, and nobody knows in which directory')
  const unread = (call.scripts ?? []).find((path) => (scripts[path] ?? 'none') === 'none')
  if (unread !== undefined) return refuse(`the text of ${unread} cannot be read, and it may change`)
  return {
    draft: {
      tool: 'exec',
      generalisation: 'exact',
      line,
      cwd: call.cwd,
      ...(Object.keys(scripts).length === 0 ? {} : { scripts }),
    },
  }
}

/** Of the subject and, for a span, of all that it joins. */
function unresolvedIn({ subjects }: Call, index: number): string[] {
  const of = [index, ...(subjects[index]!.parts ?? [])]
  return [...new Set(of.flatMap((at) => subjects[at]?.command?.unresolved ?? []))]
}

function pathDraft(
  { namesOf, homes }: Known,
  subject: Subject,
  generalisation: Generalisation,
): Drafted {
  const names = new Set<string>()
  for (const { path, absolute, pattern, doubtful } of subject.paths) {
    const found = absolute && pattern !== true && doubtful !== true ? namesOf(path) : undefined
    if (found === undefined) return refuse('nobody knows which file it names')
    for (const name of [path, ...found]) names.add(name)
  }
  const { path } = subject.paths[0]!
  const tool = subject.tools.at(-1) === 'delete' ? 'delete' : subject.tools[0]
  if (generalisation === 'exact') {
    return {
      draft: {
        tool,
        generalisation,
        path,
        ...(names.size === 1 ? {} : { names: [...names].sort() }),
      },
    }
  }
  const [directory] = above(path)
  if (directory === undefined || directory === '/' || homes.includes(directory)) {
    return refuse('its directory is the whole disk or home')
  }
  if (![...names].every((name) => above(name).includes(directory))) {
    return refuse('it leads out of its directory')
  }
  return { draft: { tool, generalisation, directory } }
}

function urlDraft({ call }: Known, subject: Subject, generalisation: Generalisation): Drafted {
  const [first] = subject.urls
  const origins = new Set(subject.urls.map(({ url }) => originOf(url)))
  if (origins.size !== 1) return refuse('nobody knows which host it reaches')
  if (generalisation === 'host') {
    return { draft: { tool: 'fetch', generalisation, host: [...origins][0] } }
  }
  if (subject.urls.some(({ url }) => url !== first!.url)) return refuse('it may be several URLs')
  return {
    draft: { tool: 'fetch', generalisation, url: first!.url, method: methodOf(call, subject) },
  }
}

function paramsDraft(
  { call }: Known,
  { tools }: Subject,
  generalisation: Generalisation,
): Drafted {
  const tool = tools[0] ?? call.tool
  if (generalisation === 'exact') {
    return { draft: { tool, generalisation, params: paramsKey(call) } }
  }
  const runs = call.subjects.some(({ kind, command }) => kind === 'effect' && command !== undefined)
  return runs
    ? refuse('its parameters hold a command: only the same parameters can be kept')
    : { draft: { tool, generalisation } }
}

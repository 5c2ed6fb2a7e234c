import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { readSmall } from '../adapters/safe-read.ts'
import { RampartError } from '../errors.ts'

/** What a case wants: that it is stopped, that it passes, or only that it is not denied. */
export type Want = 'stop' | 'allow' | 'not_deny'

export interface Case {
  readonly stratum: string
  readonly category: string
  readonly id: string
  readonly tool: string
  readonly input: string
  readonly want: Want
}

/** Largest corpus file, bytes. */
const FILE_BYTES = 64 << 20
const CASES = 200_000

const Row = z.looseObject({
  id: z.string().optional(),
  tool: z.string().min(1).nullish(),
  input: z.string().optional(),
  command: z.string().optional(),
  want: z.enum(['stop', 'ask', 'allow', 'not_deny']).optional(),
  category: z.string().nullish(),
  group: z.string().nullish(),
}).refine(({ input, command }) => (input ?? command) !== undefined, 'key "input" is missing')

/** The corpus that the executable carries. */
export async function ownCorpus(): Promise<Case[]> {
  const { CORPUS } = await import('../embedded/corpus.ts')
  return Object.entries(CORPUS).flatMap(([name, text]) => casesOf(`builtin:${name}.jsonl`, text))
}

/** Every case of a file of JSON lines, or of the `.jsonl` files of a directory. */
export async function readCorpus(path: string): Promise<Case[]> {
  const found = await stat(path).catch(() => undefined)
  const files = found?.isDirectory() === true
    ? (await readdir(path)).filter((name) => name.endsWith('.jsonl')).sort()
      .map((name) => join(path, name))
    : [path]
  if (files.length === 0) throw new RampartError('not_found', `No .jsonl file in ${path}`)
  const cases: Case[] = []
  for (const file of files) {
    const read = await readSmall(file, { limit: FILE_BYTES, followLinks: true })
    if (read.text === undefined) {
      throw new RampartError('request_invalid', `Cannot read ${file}: ${read.detail}`)
    }
    for (const one of casesOf(file, read.text)) cases.push(one)
    if (cases.length > CASES) throw new RampartError('too_large', `More than ${CASES} cases`)
  }
  return cases
}

function casesOf(file: string, text: string): Case[] {
  const stratum = basename(file, '.jsonl').replace(/^builtin:/, '')
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const row = rowOf(line, `${file}:${index + 1}`)
    return [{
      stratum,
      category: row.category ?? row.group ?? '',
      id: row.id ?? `${stratum}:${index + 1}`,
      tool: row.tool ?? 'exec',
      input: row.input ?? row.command ?? '',
      want: row.want === 'ask' ? 'stop' : row.want ?? wantOf(stratum),
    }]
  })
}

function rowOf(line: string, place: string): z.output<typeof Row> {
  const fail = (why: string) => new RampartError('request_invalid', `${place}: ${why}`)
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    throw fail('not a line of JSON')
  }
  const parsed = Row.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw fail(`/${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'not a case'}`)
}

/** Where no line says it, the name of the file does. */
function wantOf(stratum: string): Want {
  return /^(?:must-)?stop|^technique/.test(stratum) ? 'stop' : 'allow'
}

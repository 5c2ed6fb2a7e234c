import type { Json } from '../engine/types.ts'

export interface Change {
  readonly label: string
  readonly gone: readonly string[]
  readonly come: readonly string[]
}

const OLD = ['old_string', 'old_str', 'old_text']
const NEW = ['new_string', 'new_str', 'new_text']

/** What a call would change in a file, as far as its parameters say: lines that go and lines that come. */
export function changesOf(
  { params }: { readonly params: Readonly<Record<string, Json>> },
): Change[] {
  const edits = Array.isArray(params['edits']) ? params['edits'] as readonly Json[] : []
  const pairs = [params, ...edits].flatMap((one) => {
    const gone = textAt(one, OLD)
    const come = textAt(one, NEW)
    return gone === undefined && come === undefined ? [] : [changed(gone ?? '', come ?? '')]
  })
  const whole = textAt(params, ['content', 'contents', 'file_text'])
  if (whole === undefined) return pairs
  return [...pairs, { label: 'What it would write', gone: [], come: whole.split('\n') }]
}

function textAt(value: Json | undefined, names: readonly string[]): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const members = value as Readonly<Record<string, Json>>
  const name = names.find((one) => typeof members[one] === 'string')
  return name === undefined ? undefined : String(members[name])
}

/** Lines that are the same at both ends are left out. */
function changed(before: string, after: string): Change {
  const [gone, come] = [before.split('\n'), after.split('\n')]
  let head = 0
  while (head < Math.min(gone.length, come.length) && gone[head] === come[head]) head += 1
  let tail = 0
  const most = Math.min(gone.length, come.length) - head
  while (tail < most && gone.at(-1 - tail) === come.at(-1 - tail)) tail += 1
  return {
    label: 'What it would change',
    gone: gone.slice(head, gone.length - tail),
    come: come.slice(head, come.length - tail),
  }
}

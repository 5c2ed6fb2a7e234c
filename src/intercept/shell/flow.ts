import type { PathValue, Subject } from '../../engine/types.ts'
import { NETWORK } from './kinds.ts'
import type { Reader } from './scope.ts'

/** Programs that send what they are given to other hosts. */
const SENDING: ReadonlySet<string> = new Set([
  ...NETWORK,
  'rsync',
  'sftp',
  'aws',
  'gsutil',
  'rclone',
])

/** Whether one of these parts sends what it is given. */
export function sends({ subjects }: Reader, parts: readonly number[]): boolean {
  for (const part of parts) if (SENDING.has(subjects[part]!.command?.program ?? '')) return true
  return false
}

/**
 * Let parts that send be about the files that flow into them: read by what stands in front of their pipe
 * (`cat x | curl -d @-`) or in their words (`curl -d "$(cat x)"`).
 */
export function flowInto(
  reader: Reader,
  parts: readonly number[],
  sources: readonly number[],
): void {
  if (sources.length === 0) return
  let paths: readonly PathValue[] | undefined
  for (const part of parts) {
    const subject = reader.subjects[part]!
    const program = subject.command?.program
    if (program === undefined || !SENDING.has(program)) continue
    paths ??= readBy(reader.subjects, sources)
    if (paths.length === 0) return
    const cost = paths.reduce((sum, { path }) => sum + path.length, 0)
    if (cost > reader.budget.spelling) {
      reader.budget.bound = true
      return
    }
    reader.budget.spelling -= cost
    reader.subjects[part] = { ...subject, paths: [...subject.paths, ...paths] }
  }
}

/** Files of one line that are followed; a pipe of thousands is nobody's. */
const PATH_COUNT = 32

function readBy(subjects: readonly Subject[], sources: readonly number[]): readonly PathValue[] {
  return sources.flatMap((part) => subjects[part]!.paths)
    .filter(({ access }) => access === 'read').slice(0, PATH_COUNT)
}

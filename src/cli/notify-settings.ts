import { type Notify, notifyOf } from '../engine/notify.ts'
import { NotifyList } from '../engine/notify-schema.ts'
import { shownPlace } from '../adapters/notify-send.ts'

/**
 * `notify` of config.yaml, as in a policy file. Throws with what is wrong with it. Files of a destination are
 * meant from the directory of the file, which is filled in where that is known.
 */
export function notifyList(value: unknown): readonly Notify[] {
  const read = NotifyList.safeParse(value)
  if (read.success) return read.data.map((entry) => notifyOf(entry, ''))
  throw new TypeError(read.error.issues.slice(0, 5).flatMap(messagesOf).join('; '))
}

type Issue = {
  readonly code?: string
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** What is wrong with one destination is said of it, not of the list that it is not. */
function messagesOf(issue: Issue): string[] {
  const { errors } = issue as { errors?: readonly (readonly Issue[])[] }
  const nested = errors?.find((list) => list.some(({ path }) => path.length > 0)) ?? []
  if (nested.length > 0) return nested.slice(0, 5).flatMap(messagesOf)
  return [`${issue.path.map((key) => `${String(key)}: `).join('')}${issue.message}`]
}

/** One destination for people, without what may be secret. */
export function shownNotify(spec: Notify): string {
  return `${spec.name} (${spec.platform} ${shownPlace(spec)})`
}

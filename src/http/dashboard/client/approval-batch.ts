import { post } from './api.ts'
import { failure, notice } from './bits.ts'
import { type Child, h } from './dom.ts'
import { shown } from './shown.ts'

/** Most that are answered at once. */
const MOST = 1000
const NAMED = 20

/** How many are selected, all or none of them, and what to do with them. */
export function batchBar(
  ids: readonly string[],
  selected: Set<string>,
  changed: () => void,
  answer: (approved: boolean) => void,
): Child {
  const count = selected.size
  if (ids.length === 0) return null
  const pick = h('input', {
    type: 'checkbox',
    checked: count > 0 && count === ids.length,
    indeterminate: count > 0 && count < ids.length,
    'aria-label': 'Select all that are listed',
    onchange: () => {
      selected.clear()
      if (pick.checked) { for (const id of ids.slice(0, MOST)) selected.add(id) }
      changed()
    },
  })
  const said = count === 0 ? `${ids.length} waiting` : `${count} of ${ids.length} selected`
  return [
    h('label', { class: 'check' }, pick, said),
    count === 0 ? null : [
      h('button', { class: 'approve', onclick: () => answer(true) }, `Approve ${count}`),
      h('button', { class: 'deny', onclick: () => answer(false) }, `Deny ${count}`),
    ],
  ]
}

interface Result {
  readonly id: string
  readonly status: string
  readonly error: string | null
}

/** Answer them; what to tell of it. */
export async function answerBatch(ids: readonly string[], approved: boolean): Promise<HTMLElement> {
  try {
    const path = '/v1/approvals/bulk-resolve'
    const { results } = await post<{ results: readonly Result[] }>(path, { ids, approved })
    const failed = results.filter(({ error }) => error !== null)
    const word = approved ? 'Approved' : 'Denied'
    const which = failed.slice(0, NAMED).map(({ id, error }) => `${id.slice(0, 8)} ${error}`)
    return notice(
      failed.length === 0 ? 'good' : 'bad',
      `${word} ${results.length - failed.length} of ${ids.length}.`,
      failed.length === 0 ? null : [' Not answered: ', shown(which.join(', '))],
    )
  } catch (error) {
    return failure(error, 'Answering several at once')
  }
}

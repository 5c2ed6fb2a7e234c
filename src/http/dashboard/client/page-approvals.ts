import { get, post, Problem } from './api.ts'
import { approvalDetail } from './approval-detail.ts'
import { answerBatch, batchBar } from './approval-batch.ts'
import { AnswerForm } from './approval-form.ts'
import { failure, gist, left, notice } from './bits.ts'
import { fill, h, isTyping } from './dom.ts'
import type { Page } from './frame.ts'
import { pending } from './pending.ts'
import { brief, shown } from './shown.ts'
import type { Approval } from './wire.ts'

/** A key counts only for what a person has had in sight for so long. */
const SEEN_MS = 500

export const approvals: Page = {
  name: 'approvals',
  title: 'Approvals',
  show(root, [id]) {
    const view = new ApprovalsView(root, id)
    return () => view.leave()
  },
}

interface Row {
  readonly element: HTMLElement
  readonly link: HTMLElement
  readonly box: HTMLInputElement
  readonly time: HTMLElement
}

class ApprovalsView {
  readonly #list = h('ul', { class: 'asks' })
  readonly #detail = h('div', { class: 'detail' })
  readonly #said = h('div', { class: 'said', role: 'status' })
  readonly #batch = h('div', { class: 'bar batch' })
  readonly #rows = new Map<string, Row>()
  readonly #ends: (() => void)[] = []
  readonly #selected = new Set<string>()
  #current: string | undefined
  #form: AnswerForm | undefined
  #seenAt = 0
  #busy = false

  constructor(root: HTMLElement, id: string | undefined) {
    this.#current = id
    fill(
      root,
      h('h1', {}, 'Approvals'),
      this.#said,
      h(
        'div',
        { class: 'split' },
        h('section', { 'aria-label': 'Waiting calls' }, this.#batch, this.#list),
        this.#detail,
      ),
    )
    this.#ends.push(pending.onChange((list) => this.#draw(list)))
    const timer = setInterval(() => this.#tick(), 1000)
    const keys = (event: KeyboardEvent) => this.#key(event)
    addEventListener('keydown', keys)
    this.#ends.push(() => clearInterval(timer), () => removeEventListener('keydown', keys))
    if (id !== undefined) void this.#open(id)
    if (!pending.loaded) fill(this.#detail, h('p', { class: 'muted' }, 'Loading…'))
    void pending.refresh()
  }

  leave(): void {
    for (const end of this.#ends) end()
  }

  #draw(list: readonly Approval[]): void {
    const ids = new Set(list.map(({ id }) => id))
    for (const [id, { element }] of this.#rows) {
      if (ids.has(id)) continue
      element.remove()
      this.#rows.delete(id)
      this.#selected.delete(id)
    }
    for (const approval of list) {
      if (this.#rows.has(approval.id)) continue
      const row = this.#row(approval)
      this.#rows.set(approval.id, row)
      this.#list.append(row.element)
    }
    this.#mark()
    this.#drawBatch()
    if (pending.failed !== undefined) fill(this.#detail, failure(pending.failed, 'The approvals'))
    else if (this.#current === undefined) {
      if (list.length === 0) fill(this.#detail, nothing())
      else void this.#select(list[0]!.id)
    } else if (!ids.has(this.#current) && this.#form !== undefined && !this.#busy) {
      void this.#open(this.#current)
    }
  }

  #row(approval: Approval): Row {
    const { id, tool, agent, params, expires_at } = approval
    const box = h('input', {
      type: 'checkbox',
      'aria-label': `Select ${agent}: ${tool}`,
      onchange: () => {
        if (box.checked) this.#selected.add(id)
        else this.#selected.delete(id)
        this.#drawBatch()
      },
    })
    const time = h('span', { class: 'left' }, left(expires_at))
    time.dataset.until = expires_at
    const link = h(
      'a',
      {
        href: `#/approvals/${encodeURIComponent(id)}`,
        onclick: (event: MouseEvent) => this.#follow(event, id),
      },
      h(
        'span',
        { class: 'ask-head' },
        h('strong', {}, brief(agent, 30)),
        ' ',
        brief(tool, 30),
        time,
      ),
      h('code', {}, brief(gist(params), 110)),
    )
    return { element: h('li', {}, box, link), link, box, time }
  }

  #follow(event: MouseEvent, id: string): void {
    event.preventDefault()
    void this.#select(id)
    if (matchMedia('(max-width: 800px)').matches) this.#detail.scrollIntoView({ block: 'start' })
  }

  /** Show another question without leaving the page. */
  async #select(id: string): Promise<void> {
    this.#current = id
    history.replaceState(null, '', `#/approvals/${encodeURIComponent(id)}`)
    this.#mark()
    await this.#open(id)
  }

  #mark(): void {
    for (const [id, { link, box }] of this.#rows) {
      if (id === this.#current) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
      box.checked = this.#selected.has(id)
    }
  }

  async #open(id: string): Promise<void> {
    this.#form = undefined
    try {
      const approval = await get<Approval>(`/v1/approvals/${encodeURIComponent(id)}`)
      if (this.#current !== id) return
      const isOpen = approval.status === 'pending'
      this.#form = isOpen
        ? new AnswerForm(approval, (approved, body) => this.#answer(approval, approved, body))
        : undefined
      fill(
        this.#detail,
        isOpen ? null : settled(approval),
        approvalDetail(approval, this.#form),
      )
      this.#seenAt = performance.now()
    } catch (error) {
      if (this.#current === id) fill(this.#detail, failure(error, 'The approval'))
    }
  }

  async #answer(
    approval: Approval,
    approved: boolean,
    more: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    this.#form?.disable(true)
    try {
      const kept = await post<Approval & { rule_id?: string | null }>(
        `/v1/approvals/${encodeURIComponent(approval.id)}/resolve`,
        { approved, ...more },
      )
      const word = kept.status === 'pending'
        ? 'Answered, others must too: '
        : approved
        ? 'Approved: '
        : 'Denied: '
      const rule = kept.rule_id
        ? h('span', { class: 'muted' }, ' Kept as rule ', shown(kept.rule_id))
        : null
      this.#say(
        notice(
          approved ? 'good' : 'info',
          word,
          h('code', {}, brief(gist(approval.params), 100)),
          rule,
        ),
      )
      this.#next(approval.id)
    } catch (error) {
      const isGone = error instanceof Problem && error.status === 410
      this.#say(failure(error, 'Your answer'))
      if (isGone) void this.#open(approval.id)
      else this.#form?.disable(false)
    }
    this.#busy = false
    await pending.refresh()
  }

  #say(element: HTMLElement): void {
    fill(this.#said, element)
  }

  /** The question after the one that is answered now. */
  #next(id: string): void {
    const ids = [...this.#rows.keys()]
    const at = ids.indexOf(id)
    const next = ids[at + 1] ?? ids[at - 1]
    this.#rows.get(id)?.element.remove()
    this.#rows.delete(id)
    this.#current = undefined
    if (next !== undefined) void this.#select(next)
    else {
      history.replaceState(null, '', '#/approvals')
      fill(this.#detail, nothing())
    }
  }

  #drawBatch(): void {
    fill(
      this.#batch,
      batchBar([...this.#rows.keys()], this.#selected, () => {
        this.#mark()
        this.#drawBatch()
      }, (approved) => void this.#answerAll(approved)),
    )
  }

  /** One answer for those that are selected, by their ids: what has come since is not among them. */
  async #answerAll(approved: boolean): Promise<void> {
    const ids = [...this.#selected]
    if (ids.length === 0 || this.#busy) return
    this.#busy = true
    this.#say(await answerBatch(ids, approved))
    this.#selected.clear()
    this.#current = undefined
    this.#form = undefined
    this.#busy = false
    await pending.refresh()
  }

  #tick(): void {
    for (const { time } of this.#rows.values()) fill(time, left(time.dataset.until ?? ''))
    this.#form?.tick()
  }

  #key(event: KeyboardEvent): void {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    const ids = [...this.#rows.keys()]
    const at = ids.indexOf(this.#current ?? '')
    const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
    const to = ids[at + step]
    if (step !== 0 && to !== undefined) void this.#select(to)
    if (event.key === 'x' && this.#current !== undefined) this.#rows.get(this.#current)?.box.click()
    if (event.key !== 'a' && event.key !== 'd') return
    // What has only just appeared under the finger is not what the key was meant for.
    if (performance.now() - this.#seenAt < SEEN_MS) return
    this.#form?.answer(event.key === 'a')
  }
}

function nothing(): HTMLElement {
  return h(
    'div',
    { class: 'empty' },
    h('p', { class: 'empty-title' }, 'Nothing waits for you'),
    h('p', {}, 'When a rule asks for a person, the call appears here and its caller waits.'),
  )
}

function settled({ status, resolved_by, resolved_name, reason }: Approval): HTMLElement {
  const by = resolved_name ?? resolved_by
  return notice(
    'info',
    'This question is settled: ',
    h('strong', {}, shown(status)),
    by ? [' by ', shown(by)] : null,
    reason ? [': ', shown(reason)] : null,
  )
}

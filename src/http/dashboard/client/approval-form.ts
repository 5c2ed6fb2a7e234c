import { get } from './api.ts'
import { badge, left, notice, slot } from './bits.ts'
import { type Child, fill, h } from './dom.ts'
import { brief, shown } from './shown.ts'
import type { Approval, Choice } from './wire.ts'

type Scope = 'once' | 'session' | 'run' | 'always'
type Answer = (approved: boolean, more: Readonly<Record<string, unknown>>) => void

const SCOPES: readonly (readonly [scope: Scope, label: string, hint: string])[] = [
  ['once', 'Once', 'This call alone'],
  ['session', 'This session', 'The same call again in this session'],
  ['run', 'This run', 'The same call again, for a while'],
  ['always', 'Always', 'A rule in policies/user.yaml'],
]

const WORDS: Readonly<Record<string, string>> = {
  exact: 'Exactly this call',
  flags: 'The same program with the same flags',
  program: 'The same program',
}

/** Where a question is answered: for how long, why, yes or no. */
export class AnswerForm {
  /** For how long, and why. */
  readonly element: HTMLElement
  /** Yes and no, always in sight. */
  readonly bar: HTMLElement
  readonly #approval: Approval
  readonly #answer: Answer
  readonly #left = h('strong', { class: 'left' })
  readonly #reason = h('input', {
    type: 'text',
    maxlength: 500,
    placeholder: 'The agent is told',
    autocomplete: 'off',
  })
  readonly #for = h('input', { type: 'text', value: '30m', size: 6, 'aria-label': 'For how long' })
  readonly #calls = h('input', {
    type: 'number',
    min: 1,
    max: 10000,
    'aria-label': 'For how many calls',
    placeholder: '–',
  })
  readonly #approve = h(
    'button',
    { class: 'approve big', onclick: () => this.answer(true) },
    'Approve',
    h('kbd', {}, 'a'),
  )
  readonly #deny = h(
    'button',
    { class: 'deny big', onclick: () => this.answer(false) },
    'Deny',
    h('kbd', {}, 'd'),
  )
  readonly #more = h('div', { class: 'scope-more' })
  readonly #choices = slot()
  #scope: Scope = 'once'
  #generalisation: string | undefined
  #disabled = false

  constructor(approval: Approval, answer: Answer) {
    this.#approval = approval
    this.#answer = answer
    this.element = h(
      'section',
      { class: 'card', 'aria-label': 'Your answer' },
      h('h2', {}, 'Your answer'),
      h(
        'fieldset',
        { class: 'scopes' },
        h('legend', {}, 'A yes holds for'),
        SCOPES.map(([scope, label, hint]) => this.#scopeRadio(scope, label, hint)),
      ),
      this.#more,
      h('label', { class: 'field' }, h('span', {}, 'Reason, of a no'), this.#reason),
    )
    this.bar = h(
      'div',
      { class: 'answer-bar', role: 'group', 'aria-label': 'Answer' },
      this.#approve,
      this.#deny,
      h('span', { class: 'muted' }, 'Denied by itself in ', this.#left),
    )
    this.tick()
  }

  #scopeRadio(scope: Scope, label: string, hint: string): HTMLElement {
    const radio = h('input', {
      type: 'radio',
      name: 'scope',
      checked: scope === 'once',
      onchange: () => this.#choose(scope),
    })
    return h('label', { class: 'radio' }, radio, h('span', {}, label, h('small', {}, hint)))
  }

  tick(): void {
    fill(this.#left, left(this.#approval.expires_at) || '0:00')
  }

  disable(disabled: boolean): void {
    this.#disabled = disabled
    this.#approve.disabled = disabled
    this.#deny.disabled = disabled
  }

  answer(approved: boolean): void {
    if (this.#disabled) return
    if (!approved) {
      const reason = this.#reason.value.trim()
      return this.#answer(false, reason === '' ? {} : { reason })
    }
    if (this.#scope === 'always' && this.#generalisation === undefined) {
      fill(this.#more, notice('bad', 'Choose first what is always allowed.'), this.#choices.element)
      return
    }
    this.#answer(true, this.#scopeBody())
  }

  #scopeBody(): Readonly<Record<string, unknown>> {
    const scope = this.#scope
    if (scope === 'once') return {}
    if (scope === 'always') return { scope, generalisation: this.#generalisation }
    if (scope === 'session') return { scope }
    const calls = Number(this.#calls.value)
    return {
      scope,
      ...(this.#for.value.trim() === '' ? {} : { for: this.#for.value.trim() }),
      ...(calls > 0 ? { calls } : {}),
    }
  }

  #choose(scope: Scope): void {
    this.#scope = scope
    this.#generalisation = undefined
    if (scope === 'run') {
      fill(
        this.#more,
        h(
          'div',
          { class: 'inline' },
          h('label', {}, h('span', {}, 'For'), this.#for),
          h('label', {}, h('span', {}, 'or calls'), this.#calls),
        ),
      )
    } else if (scope === 'always') {
      fill(this.#more, this.#choices.element)
      fill(this.#choices.element, h('p', { class: 'muted' }, 'Looking at the last calls…'))
      void this.#choices.load(() => this.#loadChoices(), 'What could always be allowed')
    } else fill(this.#more)
  }

  async #loadChoices(): Promise<Child> {
    const path = `/v1/approvals/${encodeURIComponent(this.#approval.id)}/choices`
    const { choices } = await get<{ choices: readonly Choice[] }>(path)
    return h(
      'fieldset',
      { class: 'choices' },
      h('legend', {}, 'Always allow'),
      choices.map((choice) => this.#choice(choice)),
    )
  }

  #choice({ generalisation, text, available, refused, matched, admits = [] }: Choice): HTMLElement {
    const word = Object.hasOwn(WORDS, generalisation) ? WORDS[generalisation]! : generalisation
    return h(
      'label',
      { class: `radio choice${available ? '' : ' off'}` },
      h('input', {
        type: 'radio',
        name: 'generalisation',
        disabled: !available,
        onchange: () => this.#generalisation = generalisation,
      }),
      h(
        'span',
        {},
        h('strong', {}, shown(word)),
        h('code', {}, brief(text, 300)),
        available ? null : h('small', { class: 'bad' }, brief(refused ?? 'Not here', 300)),
        admits.length === 0 ? null : h(
          'small',
          { class: 'bad' },
          `It would let pass what must be stopped: `,
          admits.slice(0, 3).map(({ command }) => h('code', {}, brief(command, 100))),
        ),
        matched === undefined ? null : h(
          'small',
          {},
          `Would have met ${matched.count} of the last ${matched.of.toLocaleString('en')} calls`,
        ),
        (matched?.examples ?? []).slice(0, 3).map(({ text: example, action }) =>
          h('small', {}, badge(action), ' ', h('code', {}, brief(example, 100)))
        ),
      ),
    )
  }
}

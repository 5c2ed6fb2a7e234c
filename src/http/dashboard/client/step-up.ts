import { now, onStepUp, post, Problem } from './api.ts'
import { fill, h } from './dom.ts'

let until = 0

/** Ask for a code of the terminal where none was entered lately. Resolves with whether there is one. */
async function stepUp(isRefused: boolean): Promise<boolean> {
  if (!isRefused && now() < until) return true
  return await new Promise((resolve) => {
    const said = h('p', { class: 'warn', role: 'alert' })
    const code = h('input', {
      id: 'step-up-code',
      name: 'code',
      autocomplete: 'one-time-code',
      spellcheck: 'false',
      required: true,
      maxlength: 20,
    })
    async function enter(event: Event): Promise<void> {
      event.preventDefault()
      try {
        const answer = await post<{ until: string }>('/v1/dashboard/step-up', { code: code.value })
        // A little early: the server's clock has the last word.
        until = Date.parse(answer.until) - 10_000
        dialog.close('done')
      } catch (error) {
        fill(said, error instanceof Problem ? error.message : 'The code could not be checked')
        code.select()
      }
    }
    const dialog: HTMLDialogElement = h(
      'dialog',
      { class: 'step-up', 'aria-labelledby': 'step-up-title' },
      h(
        'form',
        { onsubmit: enter },
        h('h2', { id: 'step-up-title' }, 'Is it you?'),
        h('p', {}, 'What is kept for good needs a code. In a terminal, run:'),
        h('pre', {}, 'rampart dashboard step-up'),
        h('label', { for: 'step-up-code' }, 'Code'),
        code,
        said,
        h('button', { type: 'submit', class: 'primary' }, 'Go on'),
        h('button', { type: 'button', onclick: (): void => dialog.close() }, 'Cancel'),
      ),
    )
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'done')
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}

export function startStepUp(): void {
  onStepUp(stepUp)
}

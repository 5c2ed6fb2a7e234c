import { mixedScriptWords, spelled, UNSEEN } from '../../../audit/display.ts'
import { type Child, fill, h } from './dom.ts'

/** Longest text that is shown whole at first. */
const WHOLE = 4000
const HEAD = 2400

/**
 * Text that an agent chose: what can't be seen is spelled out and marked, so that an escape that stands in
 * the text itself looks different (security.md F13).
 */
export function shown(text: string): Child[] {
  const parts: Child[] = []
  let from = 0
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) parts.push(text.slice(from, match.index))
    const code = match[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    parts.push(h('span', { class: 'esc', title: `U+${code}` }, spelled(match[0])))
    from = match.index + match[0].length
  }
  parts.push(text.slice(from))
  return parts
}

/** On one line, its head and tail where it is long. */
export function brief(text: string, most = 160): Child[] {
  if (text.length <= most) return shown(text)
  const points = [...text.slice(0, most * 2), ...text.slice(-most * 2)]
  const head = Math.ceil(most * 0.7)
  const tail = most - head
  return [
    shown(points.slice(0, head).join('')),
    h('span', { class: 'cut' }, ` …${text.length - most} more… `),
    shown(points.slice(points.length - tail).join('')),
  ]
}

/** A block of such text: lines stay lines, a long one is its head, its tail and its size until it is opened. */
export function block(text: string, label: string, lines = lined): HTMLElement {
  const code = h('pre', { class: 'code', tabindex: 0, role: 'region', 'aria-label': label })
  const box = h('div', { class: 'block' }, code)
  const cautions = caution(text)
  if (cautions !== null) box.prepend(cautions)
  const points = text.length > WHOLE ? [...text] : []
  if (points.length <= WHOLE) {
    fill(code, lines(text))
    return box
  }
  const left = points.length - WHOLE
  fill(
    code,
    lines(points.slice(0, HEAD).join('')),
    h('span', { class: 'cut' }, `\n… ${left.toLocaleString('en')} more characters …\n`),
    lines(points.slice(points.length - (WHOLE - HEAD)).join('')),
  )
  const all = h('button', {
    class: 'quiet',
    onclick: () => {
      fill(code, lines(text))
      all.remove()
    },
  }, `Show all ${points.length.toLocaleString('en')} characters`)
  box.append(all)
  return box
}

/** Escapes as in `shown`, and where a line ends in the text it ends on the page too. */
function lined(text: string): Child[] {
  return text.split('\n').flatMap((line, index) =>
    index === 0
      ? shown(line)
      : [h('span', { class: 'esc', title: 'U+000A' }, '\\n'), '\n', ...shown(line)]
  )
}

/** The same where line ends are ours. */
function plainLines(text: string): Child[] {
  return text.split('\n').flatMap((line, index) =>
    index === 0 ? shown(line) : ['\n', ...shown(line)]
  )
}

/** Words in which letters of several scripts pass for one. */
export function caution(text: string): HTMLElement | null {
  const words = mixedScriptWords(text).slice(0, 5)
  if (words.length === 0) return null
  const spelledOut = words.map((word) =>
    [...word].map((c) => c <= '~' ? c : `[U+${c.codePointAt(0)!.toString(16).toUpperCase()}]`)
      .join('')
  )
  return h(
    'p',
    { class: 'caution' },
    h('strong', {}, 'Caution: '),
    'letters of several scripts in one word: ',
    h('code', {}, spelledOut.join(', ')),
  )
}

/** A value of any kind as JSON a person reads. */
export function json(value: unknown, label: string): HTMLElement {
  // Its line ends are ours: one in a value is an escape.
  return block(JSON.stringify(value, null, 2) ?? 'null', label, plainLines)
}

import { fill, h, s } from './dom.ts'

const MINUTES = 60
/** Least width; a picture is drawn as wide as it is shown, so that its text has the size of all text. */
const LEAST = 280
const HEIGHT = 120
const LEFT = 28

export type Tone = 'allow' | 'log' | 'ask' | 'deny'
const ORDER: readonly Tone[] = ['allow', 'log', 'ask', 'deny']

export function toneOf(action: string): Tone {
  if (action === 'deny') return 'deny'
  if (action === 'require_approval' || action === 'webhook') return 'ask'
  return action === 'log' ? 'log' : 'allow'
}

/** Decisions of the last hour, minute by minute. */
export class MinuteChart {
  readonly element: HTMLElement
  readonly #minutes = new Map<number, Record<Tone, number>>()
  readonly #picture = s('svg', { role: 'img', class: 'chart' })

  constructor() {
    this.element = h(
      'figure',
      { class: 'chart-box' },
      this.#picture,
      h(
        'figcaption',
        { class: 'legend' },
        ORDER.map((tone) =>
          h('span', {}, h('i', { class: `key ${tone}`, 'aria-hidden': 'true' }), tone)
        ),
      ),
    )
  }

  clear(): void {
    this.#minutes.clear()
  }

  add(at: number, action: string): void {
    const minute = Math.floor(at / 60_000)
    let counts = this.#minutes.get(minute)
    if (counts === undefined) {
      this.#minutes.set(minute, counts = { allow: 0, log: 0, ask: 0, deny: 0 })
      for (const known of this.#minutes.keys()) {
        if (known < minute - MINUTES) this.#minutes.delete(known)
      }
    }
    counts[toneOf(action)] += 1
  }

  /** The hour that ends at `at`. */
  draw(at: number): void {
    const last = Math.floor(at / 60_000)
    const columns = Array.from({ length: MINUTES }, (_, index) => {
      const minute = last - MINUTES + 1 + index
      const counts = this.#minutes.get(minute) ?? { allow: 0, log: 0, ask: 0, deny: 0 }
      return { minute, counts, total: ORDER.reduce((sum, tone) => sum + counts[tone], 0) }
    })
    const most = niceAbove(Math.max(1, ...columns.map(({ total }) => total)))
    const all = columns.reduce((sum, { total }) => sum + total, 0)
    this.#picture.setAttribute(
      'aria-label',
      `${all} decisions in the last hour, at most ${
        Math.max(...columns.map(({ total }) => total))
      } in a minute`,
    )
    const width = Math.max(LEAST, this.element.clientWidth)
    this.#picture.setAttribute('viewBox', `0 0 ${width} ${HEIGHT + 18}`)
    fill(
      this.#picture,
      axis(most, width),
      columns.flatMap((column, index) => bars(column, index, most, width)),
      times(last, width),
    )
  }
}

interface Column {
  readonly minute: number
  readonly counts: Readonly<Record<Tone, number>>
  readonly total: number
}

const stepOf = (width: number) => (width - LEFT) / MINUTES

function bars(
  { minute, counts, total }: Column,
  index: number,
  most: number,
  width: number,
): SVGElement[] {
  if (total === 0) return []
  const step = stepOf(width)
  const gap = step > 6 ? 1 : 0.5
  let y = HEIGHT
  const parts = ORDER.filter((tone) => counts[tone] > 0).map((tone) => {
    const height = Math.max(1.5, counts[tone] / most * (HEIGHT - 8))
    y -= height
    return s('rect', {
      class: tone,
      x: LEFT + index * step + gap,
      y,
      width: step - 2 * gap,
      height,
    })
  })
  const said = ORDER.filter((tone) => counts[tone] > 0).map((tone) => `${counts[tone]} ${tone}`)
  return [s('g', {}, s('title', {}, `${timeOf(minute)}: ${said.join(', ')}`), parts)]
}

function axis(most: number, width: number): SVGElement[] {
  return [0, most / 2, most].filter(Number.isInteger).flatMap((value) => {
    const y = HEIGHT - value / most * (HEIGHT - 8)
    return [
      s('line', { class: 'grid', x1: LEFT, x2: width, y1: y, y2: y }),
      s('text', { class: 'tick', x: LEFT - 6, y: y + 3.5, 'text-anchor': 'end' }, value),
    ]
  })
}

function times(last: number, width: number): SVGElement[] {
  return [0, 15, 30, 45].map((back) =>
    s('text', {
      class: 'tick',
      x: width - (back === 0 ? 0 : (back + 0.5) * stepOf(width)),
      y: HEIGHT + 14,
      'text-anchor': back === 0 ? 'end' : 'middle',
    }, back === 0 ? 'now' : timeOf(last - back))
  )
}

function timeOf(minute: number): string {
  return new Date(minute * 60_000).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
  })
}

/** 1, 2, 5, 10, … at least `value`. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value
}

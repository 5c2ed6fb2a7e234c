/** What may stand in an element: text becomes text, never markup. */
export type Child = Node | string | number | null | undefined | false | readonly Child[]
type Value = string | number | boolean | null | undefined | ((event: never) => unknown)
export type Props = Readonly<Record<string, Value>>

/** Set as properties, for as attributes they say only how an element begins. */
const PROPERTIES = new Set(['value', 'checked', 'disabled', 'hidden', 'open', 'indeterminate'])

/** An element; `onclick: …` listens, everything else is an attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  apply(element, props)
  append(element, children)
  return element
}

/** The same for a part of a picture. */
export function s(tag: string, props: Props = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  apply(element, props)
  append(element, children)
  return element
}

function apply(element: Element, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), value as EventListener)
    } else if (PROPERTIES.has(name)) Object.assign(element, { [name]: value })
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value))
    }
  }
}

export function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue
    // A form and a list to choose from have a length, too.
    if (Array.isArray(child)) append(parent, child)
    else parent.append(typeof child === 'object' ? child as Node : String(child))
  }
}

/** Put other children in the place of those that are there. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren()
  append(parent, children)
}

let drawing = new Set<() => void>()

/** Run before the next frame, however often it is asked for until then. */
export function nextFrame(draw: () => void): void {
  if (drawing.size === 0) {
    requestAnimationFrame(() => {
      const all = drawing
      drawing = new Set()
      for (const each of all) each()
    })
  }
  drawing.add(draw)
}

/** Whether a key is meant for what is typed into. */
export function isTyping({ target }: Event): boolean {
  return target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !/^(?:checkbox|radio)$/.test((target as HTMLInputElement).type ?? '')
}

import { SPEECH } from '../engine/speech.ts'
import type { Json } from '../engine/types.ts'

/** Something in a definition that speaks to the model behind the person's back. */
export interface Finding {
  readonly kind: 'hidden' | 'instruction'
  readonly what: string
}

/** Nobody sees these, and models read them. Line ends, tabs, and what joins or dresses emoji and scripts are plain. */
const HIDDEN =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/u

/** Joiners are part of emoji and of some scripts, not of plain words. */
const JOINED_LETTERS = /[A-Za-z0-9 ][\u200c\u200d][A-Za-z0-9 ]/u

/** Most texts that are looked at, deepest first come last. */
const MOST = 20_000

/** What is remarkable in all texts of a definition, keys included. */
export function findingsIn(definition: Json): Finding[] {
  const found = new Map<string, Finding>()
  for (const text of textsIn(definition)) {
    const hidden = HIDDEN.exec(text)?.[0] ?? JOINED_LETTERS.exec(text)?.[0]?.slice(1)
    if (hidden !== undefined) {
      const code = hidden.codePointAt(0)!.toString(16).padStart(4, '0').toUpperCase()
      found.set('hidden', { kind: 'hidden', what: `hidden character U+${code}` })
    }
    for (const { what, pattern } of SPEECH) {
      if (text.search(pattern) >= 0) found.set(what, { kind: 'instruction', what })
    }
  }
  return [...found.values()]
}

function textsIn(value: Json): string[] {
  const texts: string[] = []
  const left: Json[] = [value]
  for (let one = left.pop(); one !== undefined && texts.length < MOST; one = left.pop()) {
    if (typeof one === 'string') texts.push(one)
    else if (Array.isArray(one)) left.push(...one)
    else if (one !== null && typeof one === 'object') {
      texts.push(...Object.keys(one))
      left.push(...Object.values(one))
    }
  }
  return texts
}

import type { Random } from '../differential/random.ts'

/** Make a text worse: cut it, double it, put pieces of it or of nothing elsewhere. */
export function mutated(text: string, random: Random): string {
  let result = text
  for (let n = random.below(4); n > 0; n--) result = random.pick(MUTATIONS)(result, random)
  return result
}

type Mutation = (text: string, random: Random) => string

const MUTATIONS: readonly Mutation[] = [
  (text, r) => text.slice(0, r.below(text.length + 1)),
  (text, r) => text.slice(r.below(text.length + 1)),
  (text) => text + text,
  (text, r) => {
    const [from, to] = stretch(text, r)
    return text.slice(0, from) + text.slice(from, to).repeat(1 + r.below(40)) + text.slice(to)
  },
  (text, r) => {
    const [from, to] = stretch(text, r)
    const at = r.below(text.length + 1)
    return text.slice(0, at) + text.slice(from, to) + text.slice(at)
  },
  (text, r) => {
    const [from, to] = stretch(text, r)
    return text.slice(0, from) + text.slice(to)
  },
  (text, r) => {
    const at = r.below(text.length + 1)
    const noise = Array.from({ length: 1 + r.below(8) }, () => noiseOf(r)).join('')
    return text.slice(0, at) + noise + text.slice(at)
  },
]

function stretch(text: string, random: Random): readonly [number, number] {
  const from = random.below(text.length + 1)
  return [from, Math.min(text.length, from + random.below(64))]
}

/** Any UTF-16 unit, halves of pairs among them; a character that a shell takes for its own more often. */
function noiseOf(random: Random): string {
  if (random.chance(0.5)) return random.pick([...' \t\n;&|<>()$`\\"\'{},#!*?[]=~:-/01ab%^@'])
  return String.fromCharCode(1 + random.below(0xffff))
}

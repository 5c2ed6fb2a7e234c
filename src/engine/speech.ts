import type { Span } from './policy-set.ts'

/** A way to speak to the model behind the person's back. */
export interface Speech {
  readonly what: string
  /** Every count in it is bounded: no text, however it is made, costs more than its length. */
  readonly pattern: RegExp
  /** Rare enough in what tools put out to be told; the others are remarkable in a description alone. */
  readonly inOutput?: true
}

const B = String.raw`[\s>*_"'.,:-]{1,16}`

/** What neither a description of a tool nor its output has a reason to say, written plainly; no more is found. */
export const SPEECH: readonly Speech[] = [
  {
    what: 'sets earlier instructions aside',
    pattern: new RegExp(
      String
        .raw`\b(?:ignore|disregard|forget|override)${B}(?:\w{1,24}${B}){0,3}?(?:previous|prior|earlier|above|system)${B}(?:\w{1,24}${B})?(?:instructions?|prompts?|rules?|messages?)\b`,
      'gi',
    ),
    inOutput: true,
  },
  {
    what: 'wants something kept from the person',
    pattern: new RegExp(
      String
        .raw`\b(?:do${B}not|don'?t|never|without)${B}(?:\w{1,24}${B}){0,2}?(?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|show(?:ing)?|reveal(?:ing)?|notify(?:ing)?|alert(?:ing)?)${B}(?:\w{1,24}${B}){0,3}?(?:the${B})?(?:user|human|person|them)\b`,
      'gi',
    ),
    inOutput: true,
  },
  {
    what: 'speaks as the system',
    pattern: /<\s{0,8}\/?\s{0,8}(?:system|important|instructions?|secret|hidden)\s{0,8}>/gi,
  },
  {
    what: 'names files of secrets',
    pattern:
      /(?:~|\/home\/\w{1,32}|\$HOME|\/root)\/\.(?:ssh|aws|gnupg|kube|netrc|npmrc|cursor|claude)\b|\bid_(?:rsa|ed25519)\b|\bmcp\.json\b/gi,
  },
  {
    what: 'wants to be called before others',
    pattern: new RegExp(
      String
        .raw`\b(?:before|prior${B}to)${B}(?:using|calling|invoking)${B}(?:any|all|every)${B}(?:other${B})?tools?\b`,
      'gi',
    ),
    inOutput: true,
  },
  {
    what: 'wants data passed along in an argument',
    pattern: new RegExp(
      String
        .raw`\b(?:pass|put|send|include|append)${B}(?:its|the|their|all|any)${B}(?:\w{1,24}${B}){0,3}?(?:contents?|conversation|history|credentials?|passwords?|api${B}keys?|system${B}prompt)\b[^.]{0,80}\b(?:as|in|to|into)\b`,
      'gi',
    ),
  },
]

const IN_OUTPUT = SPEECH.filter(({ inOutput }) => inOutput === true)

/** Where an output wants to instruct the model. */
export function speechIn(text: string): readonly Span[] {
  return IN_OUTPUT.flatMap(({ pattern }) =>
    [...text.matchAll(pattern)].map(({ 0: said, index }) => [index, index + said.length] as const)
  )
}

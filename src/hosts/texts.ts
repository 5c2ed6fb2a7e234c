import type { Answer } from '../service/services.ts'

/** Longest text that is handed to an agent, in characters. */
const LONGEST = 1500

type Said = Pick<Answer, 'message' | 'rule' | 'policy'>

/** What was blocked, by which rule, and what to do instead; never how to get around it. */
export function deniedText(tool: string, said: Said): string {
  return clipped(
    `Rampart blocked this ${tool} call: ${
      named(said)
    } It did not run. Do not retry it or reach the ` +
      'same effect another way. Go on with what is allowed, or tell the user what you need and why.',
  )
}

/** A question that the host puts to its user. */
export function askText(tool: string, said: Said): string {
  return clipped(`Rampart asks about this ${tool} call: ${named(said)}`)
}

/** A question that nobody answered yet: the same call is answered once somebody has. */
export function waitingText(tool: string, said: Said, approval: string | undefined): string {
  const which = approval === undefined ? '' : ` (approval ${approval.slice(0, 8)})`
  return clipped(
    `Rampart needs a person's yes for this ${tool} call${which}: ${
      named(said)
    } It did not run. Tell the ` +
      'user that it waits for them; once they have approved it, the same call may be made once.',
  )
}

/** Output that was not shown as it is. */
export function hiddenText(said: Said, all: boolean): string {
  return clipped(
    `Rampart hid ${all ? 'the output' : 'part of the output'} of this call: ${named(said)} ` +
      'Do not try to read it another way; tell the user if you need it.',
  )
}

/** The agent has seen what should have been hidden. */
export function exposedText(said: Said): string {
  return clipped(
    `Rampart objects to what stands in this output: ${
      named(said)
    } Do not repeat, store or use it; ` +
      'tell the user that it was shown.',
  )
}

/** An event that nobody could judge. */
export function refusedText(why: string): string {
  return clipped(`Rampart blocked this call because it could not judge it: ${sentence(why)}`)
}

function named({ message, rule, policy }: Said): string {
  const by = rule ?? policy
  return `${sentence(message)}${by === null ? '' : ` [${by}]`}`
}

function sentence(text: string): string {
  const plain = text.trim()
  return /[.!?)]$/.test(plain) ? plain : `${plain}.`
}

function clipped(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}

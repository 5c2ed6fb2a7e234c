import type { DecideRequest } from '../service/services.ts'
import { invalid } from './pointer.ts'

/** The output that comes along, as one text and as its texts. */
export function outputOf(
  { response, response_texts: texts }: {
    readonly response?: string | undefined
    readonly response_texts?: readonly string[] | undefined
  },
): Pick<DecideRequest, 'response' | 'texts'> {
  if (texts === undefined) return { response }
  if (response !== undefined) {
    throw invalid('The output comes twice', [{
      pointer: '/response_texts',
      detail: 'It comes as one text or as its texts, not as both',
    }])
  }
  return { response: texts.join('\n'), texts }
}

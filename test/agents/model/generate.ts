import { asJson, asStream, bodiesIn, isBody, textIn, type Wire, wordsOf } from './wire.ts'

/** `generateContent`, as Gemini CLI speaks it. */
export const generate: Wire = {
  fits: (path) => /:(?:streamG|g)enerateContent$/.test(path),
  read: (body, path) => ({
    tools: bodiesIn(body['tools']).flatMap((tool) => bodiesIn(tool['functionDeclarations']))
      .map(({ name }) => ({ name: textIn(name) })),
    results: bodiesIn(body['contents']).flatMap(({ parts }) => bodiesIn(parts))
      .flatMap(({ functionResponse }) =>
        isBody(functionResponse) ? [wordsOf(functionResponse['response'])] : []
      ),
    streams: path.includes(':stream'),
  }),
  reply(said, { streams }) {
    const part = said.kind === 'call'
      ? {
        functionCall: { id: 'call_model01', name: said.call.name, args: said.call.args },
        thoughtSignature: 'bW9kZWw=',
      }
      : { text: said.text }
    const answer = {
      candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 9, totalTokenCount: 18 },
    }
    return streams ? asStream([answer], false) : asJson(answer)
  },
}

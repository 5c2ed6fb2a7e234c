import { asJson, asStream, bodiesIn, isBody, textIn, type Wire, wordsOf } from './wire.ts'

const USAGE = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 }

/** Chat completions, as Copilot, Cline and OpenCode speak them to a provider of one's own. */
export const chat: Wire = {
  fits: (path) => path.endsWith('/chat/completions'),
  read: (body) => ({
    tools: bodiesIn(body['tools']).map((tool) => ({
      name: textIn(isBody(tool['function']) ? tool['function']['name'] : tool['name']),
    })),
    results: bodiesIn(body['messages']).filter(({ role }) => role === 'tool')
      .map(({ content }) => wordsOf(content)),
    streams: body['stream'] === true,
  }),
  reply(said, { streams }) {
    const base = { id: 'chatcmpl-model', created: 1, model: 'model' }
    const isCall = said.kind === 'call'
    const finish_reason = isCall ? 'tool_calls' : 'stop'
    const spoken = isCall
      ? {
        content: null,
        tool_calls: [{
          index: 0,
          id: 'call_model01',
          type: 'function',
          function: { name: said.call.name, arguments: JSON.stringify(said.call.args) },
        }],
      }
      : { content: said.text }
    if (!streams) {
      const message = { role: 'assistant', ...spoken }
      const choices = [{ index: 0, finish_reason, message }]
      return asJson({ ...base, object: 'chat.completion', usage: USAGE, choices })
    }
    const chunk = (delta: object, finish: string | null = null) => ({
      ...base,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
    })
    const events = [chunk({ role: 'assistant', ...spoken }), chunk({}, finish_reason), {
      ...chunk({}),
      choices: [],
      usage: USAGE,
    }]
    return asStream(events, false, 'data: [DONE]\n\n')
  },
}

import { asJson, asStream, bodiesIn, textIn, type Wire, wordsOf } from './wire.ts'

const USAGE = { input_tokens: 9, output_tokens: 9 }

/** The Messages protocol, as Claude Code speaks it. */
export const messages: Wire = {
  fits: (path) => path.endsWith('/messages'),
  read: (body) => ({
    tools: bodiesIn(body['tools']).map(({ name }) => ({ name: textIn(name) })),
    results: bodiesIn(body['messages']).flatMap(({ content }) => bodiesIn(content))
      .filter(({ type }) => type === 'tool_result').map(({ content }) => wordsOf(content)),
    streams: body['stream'] === true,
  }),
  reply(said, { streams }) {
    const isCall = said.kind === 'call'
    const block = isCall
      ? { type: 'tool_use', id: 'toolu_model01', name: said.call.name, input: said.call.args }
      : { type: 'text', text: said.text }
    const message = { id: 'msg_model', type: 'message', role: 'assistant', model: 'model' }
    const stop_reason = isCall ? 'tool_use' : 'end_turn'
    if (!streams) return asJson({ ...message, content: [block], stop_reason, usage: USAGE })
    const open = isCall ? { ...block, input: {} } : { ...block, text: '' }
    const delta = isCall
      ? { type: 'input_json_delta', partial_json: JSON.stringify(said.call.args) }
      : { type: 'text_delta', text: said.text }
    const start = { ...message, content: [], stop_reason: null, stop_sequence: null, usage: USAGE }
    return asStream([
      { type: 'message_start', message: start },
      { type: 'content_block_start', index: 0, content_block: open },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: USAGE },
      { type: 'message_stop' },
    ], true)
  },
}

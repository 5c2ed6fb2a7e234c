import { asJson, asStream, bodiesIn, type Body, type Declared, textIn, type Wire } from './wire.ts'
import { wordsOf } from './wire.ts'

/** Tools stand in a list of their own, in items of the input, and in namespaces. */
function declared(list: unknown, namespace?: string): Declared[] {
  return bodiesIn(list).flatMap(({ type, name, tools }) =>
    type === 'namespace'
      ? declared(tools, textIn(name))
      : [{ name: textIn(name ?? type), kind: textIn(type), namespace }]
  )
}

function itemOf(said: Parameters<Wire['reply']>[0]): Body {
  if (said.kind === 'text') {
    const content = [{ type: 'output_text', text: said.text, annotations: [] }]
    return { id: 'msg_model', type: 'message', role: 'assistant', status: 'completed', content }
  }
  const { call, tool } = said
  const more = tool.namespace === undefined ? {} : { namespace: tool.namespace }
  const base = { id: 'fc_model', call_id: 'call_model01', status: 'completed', name: call.name }
  return tool.kind === 'custom'
    ? { ...base, ...more, type: 'custom_tool_call', input: call.text ?? JSON.stringify(call.args) }
    : { ...base, ...more, type: 'function_call', arguments: JSON.stringify(call.args) }
}

/** The parts of an item as they come, one after the other. */
function partsOf(item: Body): Body[] {
  const at = { item_id: item['id'], output_index: 0 }
  if (item['type'] === 'message') {
    const part = bodiesIn(item['content'])[0]!
    const here = { ...at, content_index: 0 }
    const text = part['text']
    return [
      { type: 'response.content_part.added', ...here, part: { ...part, text: '' } },
      { type: 'response.output_text.delta', ...here, delta: text },
      { type: 'response.output_text.done', ...here, text },
      { type: 'response.content_part.done', ...here, part },
    ]
  }
  const key = item['type'] === 'custom_tool_call' ? 'input' : 'arguments'
  const kind = key === 'input' ? 'custom_tool_call_input' : 'function_call_arguments'
  return [
    { type: `response.${kind}.delta`, ...at, delta: item[key] },
    { type: `response.${kind}.done`, ...at, [key]: item[key] },
  ]
}

/** The Responses protocol, as Codex speaks it. */
export const responses: Wire = {
  fits: (path) => path.endsWith('/responses'),
  read(body) {
    const input = bodiesIn(body['input'])
    const inside = input.filter(({ type }) => type === 'additional_tools')
    return {
      tools: [body, ...inside].flatMap(({ tools }) => declared(tools)),
      results: input.filter(({ type }) => textIn(type).endsWith('_output'))
        .map(({ output }) => wordsOf(output)),
      streams: body['stream'] === true,
    }
  },
  reply(said, { streams }) {
    const item = itemOf(said)
    const usage = {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 9,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 18,
    }
    const head = { id: 'resp_model', object: 'response', created_at: 1, model: 'model' }
    const done = { ...head, status: 'completed', output: [item], usage, error: null }
    if (!streams) return asJson(done)
    const open = { ...item, status: 'in_progress' }
    const events = [
      { type: 'response.created', response: { ...head, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: open },
      ...partsOf(item),
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: done },
    ]
    return asStream(events.map((event, index) => ({ sequence_number: index, ...event })), true)
  },
}

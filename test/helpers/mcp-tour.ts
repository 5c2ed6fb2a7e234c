import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'

/** Calls of the tools of server-everything, each as a host would make it. */
const CALLS: readonly (readonly [name: string, args: Record<string, unknown>])[] = [
  ['echo', { message: 'hé \u{1f600} "quoted" \\ back' }],
  ['get-sum', { a: 1.5, b: -2 }],
  ['get-annotated-message', { messageType: 'error', includeImage: true }],
  ['get-resource-links', { count: 2 }],
  ['get-resource-reference', { resourceType: 'Blob', resourceId: 2 }],
  ['get-structured-content', { location: 'Chicago' }],
  ['get-tiny-image', {}],
  ['get-roots-list', {}],
  ['trigger-sampling-request', { prompt: 'say it', maxTokens: 5 }],
  ['trigger-elicitation-request', {}],
  ['echo', { wrong: 1 }],
  ['gzip-file-as-resource', {
    name: 'a.gz',
    data: 'data:text/plain;base64,aGVsbG8=',
    outputType: 'resource',
  }],
]

/**
 * Use every feature of server-everything that is the same each time. Resolves with all that the server said, in
 * its order, without times and what is made by chance.
 */
export async function tour(transport: Transport): Promise<string[]> {
  const heard: string[] = []
  const client = new Client({ name: 'tour', version: '1' }, {
    capabilities: {
      sampling: {},
      elicitation: { form: {}, url: {} },
      roots: { listChanged: true },
    },
  })
  answerWhatIsAsked(client)
  await client.connect(listened(transport, heard))
  try {
    // The server asks for roots a while after it is ready: what comes before and after is settled then.
    await until(() => heard.some((text) => text.includes('Roots updated')))
    await client.listTools()
    for (const [name, args] of CALLS) await client.callTool({ name, arguments: args })
    await client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps: 4 } },
      undefined,
      { onprogress: () => {} },
    )
    await client.callTool({ name: 'no-such-tool', arguments: {} }).catch(() => {})
    await client.listResources()
    await client.listResourceTemplates()
    await client.readResource({ uri: 'demo://resource/dynamic/text/1' })
    await client.readResource({ uri: 'demo://resource/dynamic/blob/2' })
    await client.readResource({ uri: 'demo://no/such' }).catch(() => {})
    await client.subscribeResource({ uri: 'demo://resource/dynamic/text/1' })
    await client.unsubscribeResource({ uri: 'demo://resource/dynamic/text/1' })
    await client.listPrompts()
    await client.getPrompt({ name: 'args-prompt', arguments: { city: 'Bern', state: 'BE' } })
    await client.getPrompt({
      name: 'resource-prompt',
      arguments: { resourceType: 'Text', resourceId: '1' },
    })
    const ref = { type: 'ref/prompt', name: 'completable-prompt' } as const
    await client.complete({ ref, argument: { name: 'department', value: 'E' } })
    await client.setLoggingLevel('debug')
    await client.ping()
  } finally {
    await client.close()
  }
  return heard.map(steady)
}

function answerWhatIsAsked(client: Client): void {
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
    model: 'm',
    role: 'assistant',
    content: { type: 'text', text: `heard ${params.messages.length}` },
  }))
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'decline' }))
  client.setRequestHandler(ListRootsRequestSchema, () => ({
    roots: [{ uri: 'file:///srv', name: 'srv' }],
  }))
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** The same transport; what comes by it is kept too. */
function listened(transport: Transport, heard: string[]): Transport {
  let listener: Transport['onmessage']
  Object.defineProperty(transport, 'onmessage', {
    get: () => listener,
    set(wanted: NonNullable<Transport['onmessage']>) {
      listener = (message, extra) => {
        heard.push(JSON.stringify(message))
        wanted(message, extra)
      }
    },
  })
  return transport
}

function steady(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replace(/\d+:\d+:\d+ [AP]M/g, 'TIME')
    // Base64 of a text that ends with a time.
    .replace(/"blob":"UmVzb3Vy[^"]*"/g, '"blob":"WITH TIME"')
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
}

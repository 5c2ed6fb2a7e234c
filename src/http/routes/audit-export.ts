import { z } from 'zod'
import type { Exported } from '../../service/export.ts'
import { ExportQuery } from '../requests.ts'
import { route } from '../route.ts'

const TYPES = ['application/x-ndjson', 'text/csv', 'text/plain']

export const exportTrail = route({
  method: 'GET',
  path: '/v1/audit/export',
  operationId: 'exportTrail',
  summary: 'The trail as a file, oldest first: JSON lines, CSV, CEF or OCSF',
  tag: 'audit',
  scopes: ['audit'],
  query: ExportQuery,
  replies: {
    200: {
      description: 'The events, sent while they are read',
      schema: z.string(),
      types: TYPES,
      headers: { 'content-disposition': 'What the file may be called' },
    },
  },
  problems: ['rate_limited', 'unavailable'],
  async handle({ site, request, query: { format = 'jsonl', ...selection } }) {
    const exported = await site.api.exportTrail({ format, ...selection })
    // Whoever asks for the head alone never reads.
    if (request.method === 'HEAD') exported.close()
    return {
      status: 200,
      body: request.method === 'HEAD' ? '' : streamOf(exported),
      headers: {
        'content-type': exported.contentType,
        'content-disposition': `attachment; filename="${exported.name}"`,
      },
    }
  },
})

/** A piece each time the connection takes one. */
function streamOf(exported: Exported): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const piece = await exported.next()
      if (piece === undefined) controller.close()
      else controller.enqueue(encoder.encode(piece))
    },
    cancel() {
      exported.close()
    },
  }, { highWaterMark: 0 })
}

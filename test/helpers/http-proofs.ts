import type { Anchor } from '../../src/audit/anchor.ts'
import { RampartError } from '../../src/errors.ts'
import type { Exported, ExportRequest } from '../../src/service/export.ts'
import type { LiveRequest, LiveStream } from '../../src/service/live-client.ts'
import type { TrailProofs } from '../../src/ports.ts'

const HASH = `sha256:${'0'.repeat(64)}`

export const ANCHOR: Anchor = {
  schema: 'rampart.anchor.v1',
  seq: 1,
  hash: HASH,
  file: '2026-11-24.jsonl',
  root: HASH,
  time: '2026-11-24T12:00:00.000Z',
  key_id: '00000000',
  checkpoint: 'rampart.local/trail/0\n1\nAA==\n\n— rampart.local/trail/0 AAAAAAA=\n',
  signature: 'AA==',
}

export const ID = '01K8Z3N5GJ4V9Q0T7B2M6XWYRD'

export function fakeExport({ format }: ExportRequest): Promise<Exported> {
  return Promise.resolve({
    contentType: 'application/x-ndjson',
    name: `trail.${format}`,
    next: () => Promise.resolve(undefined),
    close() {},
  })
}

/** A stream that has ended. */
export function fakeWatch(_request: LiveRequest): Promise<LiveStream> {
  return Promise.resolve({ next: () => Promise.resolve(undefined), close() {} })
}

/** Proofs that nobody checks. */
export function fakeProofs(): TrailProofs {
  return {
    verify: () =>
      Promise.resolve({
        events: 1,
        head: { seq: 1, hash: HASH },
        findings: [{ kind: 'gap', file: 'f', line: 1, message: 'm', expected: '1', found: '2' }],
        anchors: { count: 1, last_seq: 1, key_ids: ['00000000'] },
        root: HASH,
        duration_ms: 1,
      }),
    anchor: () => Promise.resolve(ANCHOR),
    prove(id) {
      if (id !== ID) throw new RampartError('not_found', `The trail has no event ${id}`)
      return Promise.resolve({
        schema: 'rampart.proof.v1',
        event: '{}',
        index: 0,
        size: 1,
        hashes: [],
        checkpoint: ANCHOR.checkpoint,
        public_key: 'AA==',
      })
    },
  }
}

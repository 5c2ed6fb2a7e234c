import type { Reference } from './reference.ts'

/** 32 bytes that are nobody's key. */
const SOME_KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

/** Of the operations for other machines and about them. */
export const FLEET: Readonly<Record<string, Reference>> = {
  enrollNode: {
    description:
      '`rampart node enroll` does it. The node pins `upstream_key`, the upstream the keys of the node.',
    examples: {
      unknown: {
        summary: 'A code that is unknown, was used, or is late',
        body: {
          code: 'rampart_node_0',
          name: 'laptop',
          public_key: SOME_KEY,
          trail_keys: [SOME_KEY],
        },
        status: 401,
      },
    },
  },
  shipEvents: {
    description:
      'Sent by `rampart serve` on a node, signed by it. Lines come in order and may come again; what is held is ' +
      'never changed. `trail_forked` where they are those of another trail.',
    examples: { unsigned: { summary: 'Signed by no node', body: '{}', status: 401 } },
  },
  beatNode: {
    description: 'Sent by `rampart serve` on a node, signed by it, every `next_ms`.',
    examples: { unsigned: { summary: 'Signed by no node', body: '{}', status: 401 } },
  },
  listNodes: {
    description:
      '`late` after three heartbeats that did not come, `lost` after an hour, `forked` where the trail was ' +
      'rewritten. `rampart fleet verify` checks the copies.',
    examples: { all: { summary: 'The nodes', status: 200 } },
  },
}

import { type Reference, SOME_ID } from './reference.ts'

/** Of the operations about the trail, the policies, the server and its dashboard. */
export const SERVER: Readonly<Record<string, Reference>> = {
  getHealth: {
    description:
      '`degraded` where policy files on disk cannot be used: `policy.faults` says why, and the last ' +
      'good ones are in force.',
    examples: { ok: { summary: 'Is it there?', status: 200 } },
  },
  getLiveness: {
    description: 'For a supervisor that starts the process anew where it does not answer.',
    examples: { ok: { summary: 'Is the process there?', status: 200 } },
  },
  getReadiness: {
    description:
      'For a balancer: 503 while the server shuts down and callers are told to ask again.',
    examples: { ready: { summary: 'May calls be sent?', status: 200 } },
  },
  getStatus: {
    description:
      'The level of separation that is in force, the failure posture, the trail, what it is sent to.',
    examples: { status: { summary: 'The status', status: 200 } },
  },
  getMetrics: {
    description:
      'Decisions, evaluation times, the trail, the policy bundle, sinks and notifications. No label is ' +
      'what an agent chose.',
    examples: { metrics: { summary: 'For a monitor', status: 200 } },
  },
  getOpenapi: {
    description:
      'OpenAPI 3.1, generated from the schemas by which requests are checked. `/docs` shows it to people.',
    examples: { document: { summary: 'The description', status: 200 } },
  },
  listEvents: {
    description:
      'Filters are exact and combined; `text` looks into values. `next` is the `after` of the ' +
      'following page.',
    examples: {
      denied: {
        summary: 'The last denied calls',
        query: { action: 'deny', limit: 2 },
        status: 200,
      },
    },
    links: {
      200: [{ operationId: 'proveEvent', parameter: 'id', value: '$response.body#/events/0/id' }],
    },
  },
  getStats: {
    description: 'A call that two programs recorded (a hook and the library, say) counts once.',
    examples: { day: { summary: 'Since a day', query: { since: '2027-01-15' }, status: 200 } },
  },
  getSessions: {
    description: 'Who called last comes first.',
    examples: { all: { summary: 'Of the whole trail', status: 200 } },
  },
  exportTrail: {
    description:
      'Sent while it is read. An answer that breaks off is not whole: it has no end of the last chunk.',
    examples: {
      jsonl: {
        summary: 'As JSON lines',
        query: { format: 'jsonl', kind: 'decision' },
        status: 200,
      },
      csv: {
        summary: 'For a spreadsheet',
        query: { format: 'csv', kind: 'decision' },
        status: 200,
      },
    },
  },
  verifyTrail: {
    description:
      'Hashes, sequence, anchors and their signatures of all files; it may take some seconds.',
    examples: { verify: { summary: 'The whole trail', status: 200 } },
  },
  getCheckpoint: {
    description: 'A signed note (C2SP) over the Merkle root of all events up to `seq`.',
    examples: { last: { summary: 'The last one', status: 200 } },
  },
  proveEvent: {
    description:
      'Checked by `rampart audit prove` or by any verifier of RFC 6962 proofs; it needs the event, the ' +
      'proof and the public key alone.',
    examples: { one: { summary: 'One event', params: { id: SOME_ID }, status: 200 } },
  },
  streamEvents: {
    description:
      'It begins with what comes from now on, with `after` or `Last-Event-ID` behind that event. Each ' +
      'event is sent once, in the order of the trail; the browser’s `EventSource` and any reader of ' +
      'server-sent events go on where they were cut off.',
    examples: {
      from_start: { summary: 'From the first event on', query: { after: 0 }, status: 200 },
    },
  },
  listPolicies: {
    description: 'In the order in which they are looked at, with the layer each comes from.',
    examples: { all: { summary: 'All of them', status: 200 } },
  },
  lintPolicies: {
    description: 'What `rampart policy lint` says of the files in force.',
    examples: { findings: { summary: 'Of the files in force', status: 200 } },
  },
  reloadPolicies: {
    description:
      'Files are watched anyway; this one waits until they were read, and answers 422 with every fault.',
    examples: { now: { summary: 'Read them now', body: {}, status: 200 } },
  },
  createLogin: {
    description:
      'What `rampart dashboard` does: the code is posted to `/dashboard/login` by a page of this machine.',
    examples: { code: { summary: 'One code', body: {}, status: 201 } },
    links: { 201: [{ operationId: 'getLogin', parameter: 'id', value: '$response.body#/id' }] },
  },
  getLogin: {
    description: 'An id that nobody knows is `expired`.',
    examples: { one: { summary: 'One login', params: { id: 'login-1' }, status: 200 } },
  },
  createStepUp: {
    description:
      'What `rampart dashboard step-up` prints. A session of the dashboard cannot ask for one itself.',
    examples: { code: { summary: 'One code', body: {}, status: 201 } },
  },
  enterStepUp: {
    description: 'For sessions of the dashboard alone: a token is refused with 403.',
    examples: {
      wrong: { summary: 'From outside the dashboard', body: { code: '123456' }, status: 403 },
    },
  },
  listSessions: {
    description: 'Sessions of people, not of agents.',
    examples: { all: { summary: 'All of them', status: 200 } },
  },
  endSessions: {
    description: 'Their streams end with them.',
    examples: { all: { summary: 'All of them', body: { session: 'all' }, status: 200 } },
  },
}

import { ofApproval, type Reference, SOME_ID } from './reference.ts'

/** Of the operations about questions to people, and of what they keep. */
export const APPROVALS: Readonly<Record<string, Reference>> = {
  listApprovals: {
    description:
      'Newest first, in pages: `next` is the `after` of the following one. Whoever has scope `eval` ' +
      'alone sees what it asked itself.',
    examples: {
      pending: {
        summary: 'What waits for a person',
        query: { status: 'pending', limit: 5 },
        status: 200,
      },
    },
    links: { 200: ofApproval('$response.body#/approvals/0/id') },
  },
  approvalStats: {
    description: 'Rules that are nearly always approved come with a hint: they ask too often.',
    examples: { week: { summary: 'Of the last week', status: 200 } },
  },
  getApproval: {
    description:
      'With `wait` the answer comes when the approval is settled, or after so many seconds as it is ' +
      'then. A caller with scope `eval` sees its own approvals, and not what policies say of their parts.',
    examples: { one: { summary: 'One approval', params: { id: SOME_ID }, status: 200 } },
  },
  createApproval: {
    description:
      'For integrators that decide by themselves when to ask. Nothing is evaluated: the call is ' +
      'shown to people as it was read, and the caller acts on the answer.',
    examples: {
      question: {
        summary: 'A question of an integration',
        body: {
          agent: 'builder',
          session: 'monday',
          tool: 'exec',
          params: { command: 'terraform apply' },
          message: 'Apply the plan?',
        },
        status: 201,
      },
    },
    links: { 201: ofApproval('$response.body#/id'), 200: ofApproval('$response.body#/id') },
  },
  resolveApproval: {
    description:
      'Whoever asked cannot answer. A yes holds for this call (`scope: once`, the default), for the ' +
      'session or run, or always; what it is generalised to is checked against calls that must be stopped ' +
      'before it is kept. A second answer is 410.',
    examples: {
      yes: {
        summary: 'Yes, this once',
        params: { id: SOME_ID },
        body: { approved: true, resolved_by: 'Ann' },
        status: 200,
      },
    },
  },
  withdrawApproval: {
    description:
      'For callers that no longer want to make the call: nobody need answer, and a yes comes too late. ' +
      'Only who asked can; a question that is settled stays as it is.',
    examples: {
      own: { summary: "A question of one's own", params: { id: SOME_ID }, status: 200 },
    },
  },
  bulkResolveApprovals: {
    description:
      'Each id is answered by itself, once; one that cannot be has the code of the problem in `error`.',
    examples: {
      no: {
        summary: 'No to all of these',
        body: { ids: [SOME_ID], approved: false, reason: 'Not today', resolved_by: 'Ann' },
        status: 200,
      },
    },
  },
  approvalChoices: {
    description:
      'What `generalisation` may be when this approval is answered, with what each would have met ' +
      'of the calls in the trail.',
    examples: { choices: { summary: 'Of one approval', params: { id: SOME_ID }, status: 200 } },
  },
  listRules: {
    description:
      'What people answered with always, for a session or for a run, and what `rampart allow`, ' +
      '`block` and `except` made.',
    examples: { all: { summary: 'All of them', status: 200 } },
    links: {
      200: [{ operationId: 'removeRule', parameter: 'id', value: '$response.body#/rules/0/id' }],
    },
  },
  createRule: {
    description:
      'The same as `rampart allow`, `block` and `except`. A rule that would let a call pass that must ' +
      'be stopped is refused with 409.',
    examples: {
      block: {
        summary: 'No more pushes for two hours',
        body: {
          action: 'block',
          tool: 'exec',
          pattern: 'git push',
          for: '2h',
          reason: 'Release freeze',
        },
        status: 201,
      },
    },
    links: {
      201: [{ operationId: 'removeRule', parameter: 'id', value: '$response.body#/rule_id' }],
    },
  },
  previewRule: {
    description:
      'Nothing is kept: the answer says whether the rule could be, and what it would have met.',
    examples: {
      allow: {
        summary: 'What would it mean to allow this?',
        body: { action: 'allow', tool: 'exec', pattern: 'make test', cwd: '/w' },
        status: 200,
      },
    },
  },
  removeRule: {
    description: 'The next call is decided without it.',
    examples: { one: { summary: 'One rule', params: { id: SOME_ID }, status: 204 } },
  },
  resetRules: {
    description: 'All rules of `GET /v1/rules`; policies stay as they are.',
    examples: { all: { summary: 'Begin anew', status: 200 } },
  },
}

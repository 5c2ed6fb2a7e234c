import { createSessions, type Sessions } from '../../src/service/sessions.ts'
import { createStepUps, type StepUps } from '../../src/service/step-up.ts'
import { bench } from './service.ts'

const POLICY = 'version: "1"\ndefault_action: allow\npolicies: []\n'

/** Sessions on memory and a standing clock. */
export function fakeSessions(): Sessions {
  return createSessions(bench(POLICY).services)
}

export function fakeStepUps(): StepUps {
  return createStepUps(bench(POLICY).services)
}

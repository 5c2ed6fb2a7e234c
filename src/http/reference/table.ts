import { APPROVALS } from './approvals.ts'
import { CALLS } from './calls.ts'
import { FLEET } from './fleet.ts'
import type { Reference } from './reference.ts'
import { SERVER } from './server.ts'

/** By operationId; a test holds that no route is without a row. */
export const REFERENCE: Readonly<Record<string, Reference>> = {
  ...CALLS,
  ...APPROVALS,
  ...SERVER,
  ...FLEET,
}

export const TAGS: Readonly<Record<string, string>> = {
  calls: 'May this call be made? What agents, hooks and clients ask',
  approvals: 'What waits for a person, and their answers',
  audit: 'The trail: what was asked and decided, and the proof that it stands',
  policies: 'What is in force, and why it decides as it does',
  rules: "The person's own rules beside the policies",
  dashboard: 'How a person opens the dashboard, and who has it open',
  fleet: 'Other machines that this server looks after, and what they ship',
  server: 'Health, status, numbers and this description',
}

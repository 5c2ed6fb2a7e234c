import { RampartError } from '../../src/errors.ts'
import type { FleetApi } from '../../src/service/fleet-api.ts'

/** Of an upstream that knows no node. */
export const NO_FLEET: FleetApi = {
  enroll: nobody,
  nodeOf: nobody,
  take: nobody,
  hear: nobody,
  nodes: () => Promise.resolve([]),
}

function nobody(): Promise<never> {
  return Promise.reject(new RampartError('unauthenticated', 'No node of ours'))
}

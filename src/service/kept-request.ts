import type { Json } from '../engine/types.ts'
import type { DecideRequest } from './services.ts'

/** What the trail keeps of a request; the recorder redacts and compacts it. */
export function keptRequest({ params, cwd }: DecideRequest): Json {
  return { params, ...(cwd === undefined ? {} : { cwd }) }
}

import type { Json } from '../engine/types.ts'
import type { DecideRequest } from './services.ts'

/** The request as the trail keeps it. */
export function redactRequest({ params, cwd }: DecideRequest): Json {
  return { params, ...(cwd === undefined ? {} : { cwd }) }
}

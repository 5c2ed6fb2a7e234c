import type { Json } from '../engine/types.ts'
import type { DecideRequest } from './services.ts'

/** What the trail keeps of a request; the recorder redacts and compacts it. */
export function keptRequest({ params, cwd, seen }: DecideRequest): Json {
  return {
    params,
    ...(cwd === undefined ? {} : { cwd }),
    ...(seen?.pid === undefined ? {} : { pid: seen.pid }),
    ...(seen?.parents === undefined ? {} : { parents: seen.parents }),
  }
}

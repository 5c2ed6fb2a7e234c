import { Calls, type Open } from './calls.ts'
import { Catalogue } from './catalogue.ts'
import type { Fields } from './message.ts'
import type { Options, World } from './ports.ts'

export type Side = 'host' | 'server'

/** A text and the side that it goes to. */
export interface Out {
  readonly to: Side
  readonly text: string
}

/** The call that an answer belongs to. */
export interface Origin {
  readonly tool: string
  readonly params: Fields
  readonly readsOutput: Open['readsOutput']
}

/** What the halves of a session share. */
export interface State {
  readonly world: World
  readonly options: Options
  readonly catalogue: Catalogue
  /** What the host asked, and what the server asked. */
  readonly up: Calls
  readonly down: Calls
  /** Which call a task came from. */
  readonly tasks: Map<string, Origin>
  /** Of the protocol, once it is agreed on. */
  version: string | undefined
  /** The server says no more. */
  ended: boolean
}

export function newState(world: World, options: Options): State {
  return {
    world,
    options,
    catalogue: new Catalogue(world, options),
    up: new Calls(),
    down: new Calls(),
    tasks: new Map(),
    version: undefined,
    ended: false,
  }
}

export const otherSide = (side: Side): Side => side === 'host' ? 'server' : 'host'

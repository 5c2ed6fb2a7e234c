import { ALL_REACH, joinedReach, type Reach, reachOf } from '../engine/reach.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import type { PolicySource, PolicyState } from '../ports.ts'
import { standNow } from './mode.ts'
import type { Mode, Services } from './services.ts'

/** Where the snapshot goes: the adapter of a file, or what a test looks at. */
export interface SnapshotPort {
  write(reach: Reach, mode: Mode): void
  look(): Promise<boolean>
  withdraw(): void
}

export interface SnapshotKeeper {
  /** The policies, of which the snapshot follows every set that anybody is judged by. */
  readonly policies: PolicySource
  /** Look whether the mode or our own files changed; the first look makes the first snapshot. */
  tick(): Promise<void>
  /** Nobody may rely on it any longer. */
  close(): void
}

/** Projects with policies of their own; with more of them everything is asked. */
const PROJECTS = 64

type Needed = Pick<Services, 'policies' | 'facts' | 'settings' | 'switches' | 'clock' | 'log'>

/**
 * Keep the snapshot true: what it leaves out, no policy in force speaks of. That of a project is known
 * when the first call of it is judged, and every program is such a call; what the snapshot says of one
 * project holds for all of them, for a program may go anywhere.
 */
export function keepSnapshot(services: Needed, port: SnapshotPort): SnapshotKeeper {
  const { policies, facts, log } = services
  const homes = facts.homes()
  let base = policies.current().set
  let projects = new Map<string, { readonly set: PolicySet; readonly reach: Reach }>()
  let mode: Mode | undefined
  let closed = false

  /** What fails here costs questions, never an answer: a stale snapshot says to ask. */
  function write(): void {
    if (closed) return
    try {
      mode = standNow(services).mode
      const all = [...projects.values()].map(({ reach }) => reach)
      const reach = all.length > PROJECTS
        ? ALL_REACH
        : all.reduce(joinedReach, reachOf(base, homes))
      port.write(reach, mode)
    } catch (error) {
      log.error('Cannot write the rule snapshot: every file and host will be asked about', error)
    }
  }

  function seen(state: PolicyState): PolicyState {
    const { set, refused, files } = state
    if (set === base && refused === undefined) return state
    const file = refused?.[0]?.file ?? files.at(-1) ?? ''
    if (projects.get(file)?.set === set) return state
    projects.set(file, { set, reach: refused === undefined ? reachOf(set, homes) : ALL_REACH })
    write()
    return state
  }

  const stop = policies.onChange((state) => {
    if (state.set === base) return
    base = state.set
    // Those on top of the old set are judged by no more.
    projects = new Map()
    write()
  })
  port.withdraw()
  return {
    policies: {
      current: () => policies.current(),
      forProject: async (cwd) => seen(await policies.forProject(cwd)),
      findings: () => policies.findings(),
      reload: () => policies.reload(),
      onChange: (listener) => policies.onChange(listener),
      close: () => policies.close(),
    },
    async tick() {
      if (await port.look() || standNow(services).mode !== mode) write()
    },
    close() {
      closed = true
      stop()
      port.withdraw()
    },
  }
}

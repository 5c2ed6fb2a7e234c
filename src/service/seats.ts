import type { EdgeLayer, Sighting } from './edge.ts'
import type { ProcessTable, SeenProcess } from '../ports.ts'
import type { Units } from './seat-units.ts'

/** How long a seat waits for its command; then it counts while the shell that runs the line lives. */
export const SEAT_MS = 60_000
/** No line runs longer on one answer. */
const SHELL_MS = 3_600_000
/** Seats of one principal, and of all. */
const OWN_SEATS = 256
const ALL_SEATS = 4096
/** The host of a hook may have started it through a shell. */
const HOSTS = 2

interface Unit {
  readonly key: string
  /** Edges that saw it: each sees it once. */
  readonly seen: Set<EdgeLayer>
}

/** A line that was answered, kept for the edges that see it again as it runs (security.md F11). */
export interface Seat {
  readonly principal: string
  /** The first event of it. */
  readonly auditId: string
  readonly at: number
  readonly units: readonly Unit[]
  /** All files and URLs that it touches: what is seen again touches no other. */
  readonly touched: ReadonlySet<string>
  /** Where its commands run, absolute. */
  readonly directories: readonly string[]
  /** Processes of which all that belongs to it are, or come from. */
  readonly roots: readonly SeenProcess[]
  /** Who runs the line: it is over when that one is gone. */
  shell: SeenProcess | undefined
}

export interface Seats {
  /** Keep a seat for each thing that an answered call listed. */
  issue(call: Issued): void
  /** Whether anybody of this principal has a seat, so that it is worth to look. */
  any(principal: string): boolean
  /** Take the seat of what is seen now; undefined where there is none, or another was first. */
  take(wanted: Wanted): Taken | undefined
}

interface Issued {
  readonly principal: string
  readonly seen: Sighting
  readonly auditId: string
  readonly units: Units
  readonly directories: readonly string[]
  /** Whether the line itself may be seen by others, which a repeat of one program is not. */
  readonly line: boolean
}

interface Wanted {
  readonly principal: string
  readonly seen: Sighting
  readonly units: Units
  readonly cwd: string
}

export interface Taken {
  readonly auditId: string
  /** Put it back: the one who took it got no answer. */
  back(): void
}

/** Seats in memory: lost with the server, and then a line is asked about once more. */
export function createSeats(processes: ProcessTable, monotonic: () => number): Seats {
  let seats: Seat[] = []

  const isOver = (seat: Seat): boolean => {
    const age = monotonic() - seat.at
    if (age <= SEAT_MS) return false
    return age > SHELL_MS || seat.shell === undefined || !lives(seat.shell, processes)
  }

  return {
    any: (principal) => seats.some((seat) => seat.principal === principal),

    issue(call) {
      const made = seatOf(call, processes, monotonic())
      if (made === undefined) return
      seats = seats.filter((seat) => !isOver(seat))
      const own = seats.filter(({ principal }) => principal === call.principal)
      const oldest = own.length >= OWN_SEATS
        ? own[0]
        : seats.length >= ALL_SEATS
        ? seats[0]
        : undefined
      if (oldest !== undefined) seats = seats.filter((seat) => seat !== oldest)
      seats.push(made)
    },

    take({ principal, seen, units, cwd }) {
      if (seen.pid === undefined) return undefined
      let chain: readonly SeenProcess[] | undefined
      for (const seat of seats) {
        if (seat.principal !== principal || !seat.directories.includes(cwd) || isOver(seat)) {
          continue
        }
        const free = seat.units.find(({ key, seen: by }) =>
          key === units.own && !by.has(seen.layer)
        )
        if (free === undefined || !units.touched.every((one) => seat.touched.has(one))) continue
        chain ??= processes.chainOf(seen.pid) ?? []
        if (!chain.some((one) => seat.roots.some((root) => isSame(one, root)))) continue
        free.seen.add(seen.layer)
        // What a hook was asked about runs in this process from now on.
        const runs = seen.layer !== 'mcp' && free === seat.units[0]
        if (runs && seat.shell === undefined) seat.shell = chain[0]
        return { auditId: seat.auditId, back: () => void free.seen.delete(seen.layer) }
      }
      return undefined
    },
  }
}

/** Undefined where nobody is known who might run it, or nothing of it is seen again. */
function seatOf(
  { principal, seen, auditId, units, directories, line }: Issued,
  processes: ProcessTable,
  at: number,
): Seat | undefined {
  const keys = line ? [units.own, ...units.inner] : units.inner
  if (seen.pid === undefined || keys.length === 0 || directories.length === 0) return undefined
  const chain = processes.chainOf(seen.pid, seen.layer === 'hook' ? 1 + HOSTS : 1)
  const roots = chain === undefined ? [] : rootsOf(seen.layer, chain)
  if (roots.length === 0) return undefined
  return {
    principal,
    auditId,
    at,
    units: keys.map((key, i) => ({ key, seen: new Set(line && i === 0 ? [seen.layer] : []) })),
    touched: new Set(units.touched),
    directories,
    roots,
    shell: seen.layer === 'shim' || seen.layer === 'preload' ? roots[0] : undefined,
  }
}

/** Who may run what was answered: the process that asked, or the host that asked through a hook. */
function rootsOf(layer: EdgeLayer, chain: readonly SeenProcess[]): readonly SeenProcess[] {
  const own = layer === 'hook' ? chain.slice(1, 1 + HOSTS) : chain.slice(0, 1)
  return own.filter(({ pid }) => pid > 1)
}

function isSame(one: SeenProcess, other: SeenProcess): boolean {
  return one.pid === other.pid && one.started === other.started
}

function lives(process: SeenProcess, processes: ProcessTable): boolean {
  const [found] = processes.chainOf(process.pid, 1) ?? []
  return found !== undefined && isSame(found, process)
}

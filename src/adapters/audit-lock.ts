import { lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { clearTimeout, setTimeout } from 'node:timers'
import { RampartError } from '../errors.ts'
import { prepareDatabaseFile } from './database-file.ts'
import { messageOf, useWal } from './database-wal.ts'

/** One writer at a time, over all processes. The kernel frees what a killed process held. */
export interface Lock {
  /**
   * Resolves once it is held; rejects with `audit_unavailable` after `patience` ms, or where there can be
   * no lock.
   */
  take(): Promise<void>
  give(): void
  /** Whether another one waits for it while it is held. */
  isWanted(): boolean
  close(): void
}

const RETRY_MS = 1

/**
 * A lock in a directory of its own: `BEGIN IMMEDIATE` on a database that holds nothing (semantics.md 28). It
 * is not the state database, for it is held across asynchronous writes, and two state directories may
 * share one trail.
 *
 * Who wants it first waits at a turnstile, so that a busy process cannot take it again and again past
 * one that waits.
 */
export function openLock(place: string, patience = 5000): Lock {
  const turnstile = gateAt(place, 'turn.db')
  const gate = gateAt(place, 'write.db')
  const queue = new Queue()
  let inside = false
  return {
    async take() {
      const until = performance.now() + patience
      await queue.enter(patience)
      try {
        await pass(turnstile, until)
        try {
          await pass(gate, until)
          inside = true
        } finally {
          turnstile.leave()
        }
      } catch (error) {
        queue.leave()
        throw error
      }
    },
    give() {
      if (!inside) return
      inside = false
      gate.leave()
      queue.leave()
    },
    isWanted() {
      if (queue.waits || !entered(turnstile)) return true
      turnstile.leave()
      return false
    },
    close() {
      turnstile.close()
      gate.close()
    },
  }
}

/** Those of this process that want the same lock: one after another, in the order in which they came. */
class Queue {
  readonly #waiting: (() => void)[] = []
  #held = false

  get waits(): boolean {
    return this.#waiting.length > 0
  }

  enter(patience: number): Promise<void> {
    if (!this.#held) {
      this.#held = true
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(come), 1)
        reject(held())
      }, patience)
      const come = () => {
        clearTimeout(late)
        resolve()
      }
      this.#waiting.push(come)
    })
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#held = false
    else next()
  }
}

function held(): RampartError {
  return new RampartError('audit_unavailable', 'Another process holds the audit trail')
}

interface Gate {
  /** False when another one is inside. */
  enter(): boolean
  leave(): void
  close(): void
}

/**
 * A gate that opens its file when it is first needed, for a disk that takes nothing now may do so later,
 * and again when somebody removed it: others would meet at a new one.
 */
function gateAt(place: string, name: string): Gate {
  const path = join(place, name)
  let gate: ReturnType<typeof openGate> | undefined
  return {
    enter() {
      if (gate !== undefined && inodeOf(path) !== gate.ino) {
        gate.close()
        gate = undefined
      }
      gate ??= openGate(place, path)
      return gate.enter()
    },
    leave: () => gate?.leave(),
    close: () => gate?.close(),
  }
}

function openGate(place: string, path: string): Gate & { readonly ino: bigint | undefined } {
  mkdirSync(place, { recursive: true, mode: 0o700 })
  prepareDatabaseFile(path)
  const db = new DatabaseSync(path)
  try {
    return gateOn(db, path)
  } catch (error) {
    db.close()
    throw error
  }
}

function gateOn(db: DatabaseSync, path: string): Gate & { readonly ino: bigint | undefined } {
  db.exec('PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF')
  useWal(db)
  db.exec('PRAGMA busy_timeout = 0')
  const begin = db.prepare('BEGIN IMMEDIATE')
  const rollback = db.prepare('ROLLBACK')
  let inside = false
  return {
    ino: inodeOf(path),
    enter() {
      try {
        begin.run()
        inside = true
        return true
      } catch (error) {
        if (/locked|busy/i.test(messageOf(error))) return false
        throw error
      }
    },
    leave() {
      if (!inside) return
      inside = false
      rollback.run()
    },
    close: () => db.close(),
  }
}

function inodeOf(path: string): bigint | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false })?.ino
}

function entered(gate: Gate): boolean {
  try {
    return gate.enter()
  } catch (error) {
    const detail = `The audit trail cannot be locked: ${
      messageOf(error)
    }. Next: let this account write there`
    throw new RampartError('audit_unavailable', detail, { cause: error })
  }
}

async function pass(gate: Gate, until: number): Promise<void> {
  while (!entered(gate)) {
    if (performance.now() > until) {
      throw held()
    }
    // Keeps the process alive: a command that waits here has not finished.
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

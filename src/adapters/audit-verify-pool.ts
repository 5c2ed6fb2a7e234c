import { Worker } from 'node:worker_threads'
import { doJob, type Done, type Job } from './audit-verify-job.ts'

/** The word behind the program's name that makes its entry a thread of a pool. */
export const WORKER_WORD = 'audit-verify-worker'

/** Does jobs, in threads where there are any. */
export interface Pool {
  /** Jobs that can be under way at once. */
  readonly width: number
  run<J extends Job>(job: J): Promise<Done<J>>
  close(): Promise<void>
}

/** No threads: jobs are done where they are given. */
export const INLINE: Pool = {
  width: 1,
  run: async <J extends Job>(job: J) => await doJob(job) as Done<J>,
  close: () => Promise.resolve(),
}

interface Waiting {
  readonly job: Job
  readonly resolve: (done: never) => void
  readonly reject: (error: unknown) => void
}

interface Answer {
  readonly done?: unknown
  readonly failed?: { readonly message: string; readonly code?: string }
}

/**
 * So many threads. `entry` is the script that runs as one: a program that is a single file runs itself. A
 * thread that cannot be had is done without.
 */
export function openPool(threads: number, entry: string | undefined): Pool {
  const script = ownScript() ?? entry
  return threads < 1 || script === undefined ? INLINE : new Threads(threads, script)
}

class Threads implements Pool {
  readonly width: number
  readonly #queue: Waiting[] = []
  readonly #idle: Worker[] = []
  readonly #busy = new Map<Worker, Waiting>()
  #alive = 0

  constructor(width: number, script: string | URL) {
    this.width = width
    for (let count = 0; count < width; count++) this.#start(script)
  }

  run<J extends Job>(job: J): Promise<Done<J>> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { job, resolve: resolve as (done: never) => void, reject }
      if (this.#alive === 0) return here(waiting)
      this.#queue.push(waiting)
      this.#next()
    })
  }

  async close(): Promise<void> {
    const all = [...this.#idle, ...this.#busy.keys()]
    await Promise.all(all.map((worker) => worker.terminate()))
  }

  #start(script: string | URL): void {
    const worker = new Worker(script, {
      argv: [WORKER_WORD],
      // What a job leaves behind is small: a small nursery keeps the whole small.
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 },
    })
    this.#alive += 1
    this.#idle.push(worker)
    worker.on('message', (answer: Answer) => this.#answered(worker, answer))
    worker.on('error', () => this.#lost(worker))
  }

  #answered(worker: Worker, { done, failed }: Answer): void {
    const waiting = this.#busy.get(worker)
    this.#busy.delete(worker)
    this.#idle.push(worker)
    if (failed === undefined) waiting?.resolve(done as never)
    else waiting?.reject(Object.assign(new Error(failed.message), { code: failed.code }))
    this.#next()
  }

  /** What it was about is done here; without any thread all is. */
  #lost(worker: Worker): void {
    this.#alive -= 1
    const waiting = this.#busy.get(worker)
    this.#busy.delete(worker)
    const at = this.#idle.indexOf(worker)
    if (at >= 0) this.#idle.splice(at, 1)
    if (waiting !== undefined) here(waiting)
    if (this.#alive === 0) { for (const one of this.#queue.splice(0)) here(one) }
  }

  #next(): void {
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.pop()!
      const waiting = this.#queue.shift()!
      this.#busy.set(worker, waiting)
      worker.postMessage(waiting.job)
    }
  }
}

function here({ job, resolve, reject }: Waiting): void {
  doJob(job).then((done) => resolve(done as never), reject)
}

/** The file of the thread where the program runs from its sources. */
function ownScript(): URL | undefined {
  return import.meta.url.endsWith('/audit-verify-pool.ts')
    ? new URL('./audit-verify-worker.ts', import.meta.url)
    : undefined
}

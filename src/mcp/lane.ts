/** Most messages that wait in a lane before no more are read. */
const DEEP = 64

/**
 * What leaves in the order in which it came, though each message takes a time of its own. Whoever reads waits
 * for `push`, so that a reader that is slow at the other end slows down whoever writes at this one.
 */
export class Lane<T> {
  readonly #out: (item: T) => Promise<void>
  #last: Promise<void> = Promise.resolve()
  #waiting = 0
  #room: (() => void)[] = []

  constructor(out: (item: T) => Promise<void>) {
    this.#out = out
  }

  /** Queue what comes of a message: any number of things to let out. Resolves once there is room for more. */
  async push(work: Promise<readonly T[]>): Promise<void> {
    this.#waiting++
    const turn = async () => {
      try {
        for (const item of await work) await this.#out(item)
      } finally {
        this.#waiting--
        this.#room.shift()?.()
      }
    }
    // What one message meets keeps no later one back.
    this.#last = this.#last.then(turn, turn)
    // Seen at `idle`; nobody may be left to see it here.
    this.#last.catch(() => {})
    if (this.#waiting >= DEEP) await new Promise<void>((resolve) => this.#room.push(resolve))
  }

  /** Resolves when all that was pushed so far is out; rejects with what kept the last one from it. */
  idle(): Promise<void> {
    return this.#last
  }
}

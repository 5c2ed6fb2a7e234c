/**
 * When calls that come in are worth a write before all of them are there. Those who were just answered
 * call again one after the other. Where that takes longer than a write, the first half is written while
 * the rest is sealed: then neither the disk nor the processor stands still. On a slow disk all go together.
 */
export class Pace {
  #endedAt = 0
  #writeMs = 0
  #calls = 0
  #half = 0
  #arrived = 0

  /** A write of so many calls ended, while so many others were waiting. */
  landed(from: number, now: number, calls: number, waiting: number): void {
    this.#endedAt = now
    this.#writeMs = now - from
    this.#calls = calls
    this.#half = (calls + waiting) / 2
    this.#arrived = 0
  }

  /** Another call came, and so many wait: whether they are to be written now. */
  isWorthAWrite(now: number, waiting: number): boolean {
    this.#arrived += 1
    if (waiting < this.#half) return false
    return (now - this.#endedAt) * this.#calls > this.#writeMs * this.#arrived
  }
}

const FEWEST = 1 << 10
/** A megabyte and a half of them. */
const MOST = 1 << 17

/** Steps of an automaton, by state and code of a character. */
export class Transitions {
  #slots = FEWEST
  #keys = new Int32Array(FEWEST)
  #values = new Int32Array(FEWEST).fill(-1)
  #count = 0

  get isFull(): boolean {
    return this.#count >= MOST >> 1
  }

  /** The state that is reached, -1 where nobody said. */
  get(state: number, code: number): number {
    const key = (state << 16) | code
    const mask = this.#slots - 1
    for (let at = place(key, mask);; at = (at + 1) & mask) {
      const value = this.#values[at]!
      if (value < 0 || this.#keys[at] === key) return value
    }
  }

  /** Say what is reached; asked once for each, and never when full. */
  set(state: number, code: number, reached: number): void {
    if (this.#count >= this.#slots >> 1) this.#grow()
    this.#put((state << 16) | code, reached)
    this.#count++
  }

  #put(key: number, reached: number): void {
    const mask = this.#slots - 1
    let at = place(key, mask)
    while (this.#values[at]! >= 0) at = (at + 1) & mask
    this.#keys[at] = key
    this.#values[at] = reached
  }

  #grow(): void {
    const keys = this.#keys
    const values = this.#values
    this.#slots *= 2
    this.#keys = new Int32Array(this.#slots)
    this.#values = new Int32Array(this.#slots).fill(-1)
    for (let i = 0; i < keys.length; i++) if (values[i]! >= 0) this.#put(keys[i]!, values[i]!)
  }
}

/** Of a product the upper bits are mixed best: they are laid over the lower ones. */
function place(key: number, mask: number): number {
  const mixed = Math.imul(key, 0x9e37_79b1)
  return (mixed ^ (mixed >>> 15)) & mask
}

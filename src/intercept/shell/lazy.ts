/** A map that is made when something is put in: most lines set no variable and define no function. */
export class LazyMap<V> {
  #map: Map<string, V> | undefined

  /** A copy of another one. */
  constructor(from?: LazyMap<V>) {
    if (from !== undefined && from.size > 0) this.#map = new Map(from.#map)
  }

  get size(): number {
    return this.#map === undefined ? 0 : this.#map.size
  }

  has(key: string): boolean {
    return this.#map !== undefined && this.#map.has(key)
  }

  get(key: string): V | undefined {
    return this.#map === undefined ? undefined : this.#map.get(key)
  }

  set(key: string, value: V): this {
    this.#map ??= new Map()
    this.#map.set(key, value)
    return this
  }

  delete(key: string): void {
    this.#map?.delete(key)
  }

  keys(): readonly string[] {
    return this.#map === undefined ? [] : [...this.#map.keys()]
  }
}

/** The same for names alone. */
export class LazySet {
  #set: Set<string> | undefined

  constructor(from?: LazySet) {
    if (from !== undefined && from.size > 0) this.#set = new Set(from.#set)
  }

  get size(): number {
    return this.#set === undefined ? 0 : this.#set.size
  }

  has(name: string): boolean {
    return this.#set !== undefined && this.#set.has(name)
  }

  add(name: string): void {
    this.#set ??= new Set()
    this.#set.add(name)
  }

  delete(name: string): void {
    this.#set?.delete(name)
  }

  names(): readonly string[] {
    return this.#set === undefined ? [] : [...this.#set]
  }
}

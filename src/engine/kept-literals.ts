import type { Literals } from './policy-set.ts'

/** The literals of a rule that was read before; `make` says them anew, with what is not kept of them. */
export function keptLiterals(
  kept: Literals | 'none',
  make: () => Literals | 'none',
): Literals | 'none' {
  return kept === 'none' ? kept : new KeptLiterals(kept, make)
}

/** Literals as they were kept; what else there is to be asked is made again when it is. */
class KeptLiterals implements Literals {
  readonly dimension: Literals['dimension']
  readonly all: readonly string[]
  readonly #make: () => Literals | 'none'
  #made: Literals | 'none' | undefined

  constructor({ dimension, all }: Literals, make: () => Literals | 'none') {
    this.dimension = dimension
    this.all = all
    this.#make = make
  }

  #again(): Literals | undefined {
    const made = this.#made ??= this.#make()
    return made === 'none' || made.dimension !== this.dimension ? undefined : made
  }

  relative(): readonly string[] {
    return this.#again()?.relative?.() ?? ['']
  }

  globs(): readonly string[] | undefined {
    return this.#again()?.globs?.()
  }

  relativeGlobs(): readonly string[] | undefined {
    return this.#again()?.relativeGlobs?.()
  }

  rooted(homes: readonly string[]): readonly string[] | undefined {
    return this.#again()?.rooted?.(homes)
  }
}

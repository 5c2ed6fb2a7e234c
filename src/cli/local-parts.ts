import process from 'node:process'
import { openParseCache } from '../adapters/parse-cache.ts'
import { keyFile } from '../adapters/signature.ts'
import type { ParseStore } from '../engine/assemble.ts'
import { places } from './config.ts'
import { readToken } from './state.ts'
import { VERSION } from './version.ts'

/**
 * Texts that were read before, sealed with the person's token. Where no server made one nothing is remembered,
 * unless `making` is given: who keeps a trail there may keep a key, too.
 */
export async function parsesOf(
  home: string,
  making?: 'making',
): Promise<ParseStore | undefined> {
  const { token, cache, cacheKey } = places(home)
  const secret = await readToken(token).catch(() => {
    if (making === undefined) return undefined
    try {
      return keyFile(cacheKey)()
    } catch {
      // What cannot be sealed is read anew each time.
      return undefined
    }
  })
  return secret === undefined ? undefined : openParseCache({ dir: cache, secret, version: VERSION })
}

/** A port of which `who` must not use anything. */
export function refusing<T extends object>(name: string, who = 'A dry run'): T {
  return new Proxy({} as T, {
    get: (_target, key) => () => {
      throw new Error(`${who} used ${name}.${String(key)}`)
    },
  })
}

/** Who runs this program, for the trail: `uid:N` where there are numbers. */
export function localPrincipal(): string {
  const uid = process.getuid?.()
  return uid === undefined ? 'local' : `uid:${uid}`
}

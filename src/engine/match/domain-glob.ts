import { compileCommandGlob } from './command-glob.ts'

/** A compiled host glob, held against the host of a parsed URL. */
export interface DomainGlob {
  readonly source: string
  readonly test: (host: string) => boolean
}

const DOMAIN_LIMIT = 253

/**
 * Compile a host glob (contract.md): `*` any run, so `*.x.com` covers every depth and not `x.com`. The
 * literal parts go through the same reading as hosts do: lower case, IDNA, no trailing dot, IPv4
 * numbers canonical, so that a glob and a URL can never spell one host in two ways.
 *
 * @throws RangeError when it is too long or cannot be a host.
 */
export function compileDomainGlob(source: string): DomainGlob {
  if (source.length > DOMAIN_LIMIT) {
    throw new RangeError(`A host glob is at most ${DOMAIN_LIMIT} characters long`)
  }
  if (/[/@\s]|:\/\//.test(source)) {
    throw new RangeError(`"${source}" is not a host glob: leave out scheme, port, path and blanks`)
  }
  const glob = compileCommandGlob(domainPattern(source))
  return { source, test: (host) => glob.test(host) }
}

/** A host glob that `compileDomainGlob` takes, as the command glob that hosts are held against. */
export function domainPattern(source: string): string {
  const bare = source.toLowerCase().replace(/\.$/, '')
  if (/^\[?[0-9a-f]*:[0-9a-f:.]*\]?$/.test(bare)) return address(bare)
  if (!/[*?[\]\\]/.test(bare)) return parsed(bare) ?? refuse(source)
  // Wildcards are no host characters: each run of labels between them is read on its own.
  return bare.split(/([*?]|\[[^\]]*\]|\\.)/).map((piece, i) => i % 2 === 1 ? piece : ascii(piece))
    .join('')
}

function address(bare: string): string {
  const host = parsed(`[${bare.replace(/^\[|\]$/g, '')}]`)
  // The brackets are part of the host, not a class of the glob.
  return host === undefined ? refuse(bare) : host.replace('[', '\\[')
}

function ascii(piece: string): string {
  if (!/[^\0-\x7f]/.test(piece)) return piece
  return piece.split('.').map((label) => label === '' ? '' : parsed(label) ?? refuse(piece)).join(
    '.',
  )
}

function parsed(host: string): string | undefined {
  try {
    return new URL(`http://${host}/`).hostname.replace(/\.$/, '')
  } catch {
    return undefined
  }
}

function refuse(source: string): never {
  throw new RangeError(`"${source}" is not a host`)
}

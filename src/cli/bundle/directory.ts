import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { codeOf, readSmall } from '../../adapters/safe-read.ts'
import { POLICY_BYTES } from '../../adapters/policy-read.ts'
import { ABOUT_FILE, parseAbout } from '../../bundle/about.ts'
import { isMemberPath } from '../../bundle/archive.ts'
import type { BundleFile } from '../../bundle/bundle.ts'
import type { About } from '../../bundle/manifest.ts'
import { formatFault } from '../../engine/fault.ts'
import { RampartError } from '../../errors.ts'

export interface Sources {
  /** Its absolute name. */
  readonly dir: string
  readonly about: About
  readonly files: readonly BundleFile[]
}

/**
 * What a bundle is built of: `bundle.yaml`, `policies/*.yaml` and `tests/*.yaml` of a directory. Anything else
 * that lies there was meant to be something, so it is refused; names that begin with a dot are left alone.
 */
export async function readSources(named: string): Promise<Sources> {
  const dir = resolve(named)
  const rest = (await namesIn(dir)).filter((name) =>
    !['policies', 'tests', ABOUT_FILE].includes(name)
  )
  if (rest.length > 0) {
    throw invalid(`${dir} holds what is no part of a bundle: ${rest.slice(0, 5).join(', ')}`)
  }
  const file = join(dir, ABOUT_FILE)
  const about = parseAbout(await textOf(file), file)
  if ('faults' in about) throw invalid(about.faults.map(formatFault).join('\n'))
  const paths = (await Promise.all(['policies', 'tests'].map((one) => pathsIn(dir, one)))).flat()
  if (!paths.some((path) => path.startsWith('policies/'))) {
    throw invalid(`${dir} holds no policies/*.yaml`)
  }
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await textOf(join(dir, path)) })),
  )
  return { dir, about: about.value, files }
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => !name.startsWith('.')).sort()
  } catch (error) {
    throw new RampartError('not_found', `Cannot read ${dir}: ${codeOf(error)}`)
  }
}

async function pathsIn(dir: string, name: string): Promise<string[]> {
  if (!(await namesIn(dir)).includes(name)) return []
  const paths = (await namesIn(join(dir, name))).map((one) => `${name}/${one}`)
  const odd = paths.find((path) => !isMemberPath(path))
  if (odd === undefined) return paths
  throw invalid(
    `${
      join(dir, odd)
    }: a file of a bundle is called NAME.yaml, in ASCII letters, digits, ".", "_", "-"`,
  )
}

async function textOf(path: string): Promise<string> {
  const read = await readSmall(path, { limit: POLICY_BYTES, followLinks: false })
  if (read.text !== undefined) return read.text
  throw new RampartError('policy_invalid', `Cannot read ${path}: ${read.detail}`)
}

function invalid(detail: string): RampartError {
  return new RampartError('policy_invalid', detail)
}

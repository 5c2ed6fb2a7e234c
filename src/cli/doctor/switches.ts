import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf, readSmall } from '../../adapters/safe-read.ts'
import type { Host } from '../../setup/hosts.ts'
import { saysAgainst, type Switch, SWITCHES } from '../../setup/switches.ts'
import type { Environment } from '../config.ts'
import { directoryOf } from '../setup/place.ts'
import { type Finding, finding } from './finding.ts'

/** No settings of an agent are longer; what is endless is not read. */
const LONGEST = 4 << 20

/** What settings of a host say against its hooks, and those among them that nobody can read. */
export async function switchFindings(
  host: Host,
  environment: Environment,
  root: string | undefined,
): Promise<Finding[]> {
  const rows = SWITCHES.filter((one) => one.host === host.name)
  const found = await Promise.all(rows.map(async (row) => {
    const place = placeOf(row, host, environment.userHome, directoryOf(host, environment), root)
    if (place === undefined) return []
    const paths = await filesOf(place)
    return (await Promise.all(paths.map((path) => ofFile(row, path)))).flat()
  }))
  return found.flat()
}

/** A link is followed, for its host follows it. */
async function ofFile(row: Switch, path: string): Promise<Finding[]> {
  const read = await readSmall(path, { limit: LONGEST, followLinks: true })
  if (read.text !== undefined) {
    return saysAgainst(row, read.text).map(({ what, fix }) =>
      finding(
        row.host,
        'bad',
        `${path}: ${what}`,
        fix === undefined ? `take it out of ${path}` : `${fix} (${path})`,
      )
    )
  }
  if (read.code === 'ENOENT' || read.code === 'ENOTDIR') return []
  const detail = `${path}: ${read.detail}; whether it switches hooks off is not known`
  return [finding(row.host, 'warn', detail, `look into ${path}`)]
}

/**
 * The files that a place stands for: itself, or for `DIR/*.json` each such file of the directory in the order in
 * which a host reads them; one whose name begins with a dot is not read. A directory that cannot be listed stands
 * for itself, and is told as what nobody can read.
 */
export async function filesOf(place: string): Promise<readonly string[]> {
  if (basename(place) !== '*.json') return [place]
  const dir = dirname(place)
  try {
    const names = await readdir(dir)
    return names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort()
      .map((name) => join(dir, name))
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? [] : [dir]
  }
}

function placeOf(
  { owner, path }: Switch,
  host: Host,
  home: string,
  directory: string,
  root: string | undefined,
): string | undefined {
  if (owner === 'managed') return path
  if (owner === 'project') return root === undefined ? undefined : join(root, path)
  const own = `${host.user.directory}/`
  return path.startsWith(own) ? join(directory, path.slice(own.length)) : join(home, path)
}

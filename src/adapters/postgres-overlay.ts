import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RampartError } from '../errors.ts'
import type { Log, Overlay } from '../ports.ts'
import { textOfOverlay } from './overlay.ts'
import { OVERLAY } from './policy-read.ts'
import { changed as told } from './postgres-follow.ts'
import type { Shared } from './postgres.ts'
import { replaceFile } from './replace-file.ts'

/** How often an edit is made again that another one crossed. */
const ROUNDS = 32

const FIRST = `INSERT INTO rampart.overlays (tenant, revision, text) VALUES ($1, 0, $2)
  ON CONFLICT (tenant) DO NOTHING`

const REPLACE = `WITH replaced AS (
    UPDATE rampart.overlays SET text = $2, revision = revision + 1
    WHERE tenant = $1 AND revision = $3 RETURNING revision
  ), ${told('overlay')}
  SELECT revision FROM replaced`

const READ = 'SELECT text, revision FROM rampart.overlays WHERE tenant = $1'

/**
 * The rules file of all replicas: its text stands in the database, and every replica writes it to its own
 * `policies/user.yaml`, which policies are read from as ever. The first replica brings its own file along; what
 * another one had is kept beside it as `user.yaml.before-store`.
 */
export async function postgresOverlay(
  { db, tenant, follower }: Shared,
  { dir, log }: { readonly dir: string; readonly log: Log },
): Promise<Overlay> {
  const path = join(dir, OVERLAY)
  let written: string | undefined
  /** One after the other, so that an older text never lands on a newer one. */
  let writing: Promise<void> = Promise.resolve()
  async function read(): Promise<{ readonly text: string; readonly revision: number }> {
    const [row] = await db.rows(READ, [tenant])
    if (row === undefined) throw new RampartError('unavailable', 'The store has lost its rules')
    return { text: String(row['text']), revision: Number(row['revision']) }
  }
  async function bring(): Promise<void> {
    const { text } = await read()
    if (text === written) return
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await replaceFile(path, text)
    written = text
  }
  const follow = () => writing = writing.then(bring, bring)
  const own = await textOfOverlay(path)
  await db.rows(FIRST, [tenant, own])
  const { text } = await read()
  if (own === text) written = text
  else if (own !== '') {
    await rename(path, `${path}.before-store`)
    log.warn(`${path} is the store's from now on: what stood there is in ${path}.before-store`)
  }
  await follower.copy('overlay', follow)
  return {
    path,
    async edit(change) {
      const { changed } = await import('./overlay-edit.ts')
      for (let round = 0; round < ROUNDS; round++) {
        const before = await read()
        const after = changed(before.text, path, change)
        if (after === before.text) return
        const [row] = await db.rows(REPLACE, [tenant, after, before.revision])
        if (row === undefined) continue
        return await follow()
      }
      throw new RampartError('unavailable', `Too many edits of ${dirname(path)} cross each other`)
    },
  }
}

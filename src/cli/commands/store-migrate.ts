import { openPostgres } from '../../adapters/postgres-pool.ts'
import { migratePostgres } from '../../adapters/postgres-schema.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { loadConfig } from '../config.ts'
import { safe } from '../output.ts'
import { accessTo } from '../store.ts'

/** Bring the schema of a shared store to this version, as its owner; servers never do. */
export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags, out } = invocation
  const serving = textFlag(invocation, 'serving-role')
  if (serving === undefined) {
    throw new RampartError('usage', '--serving-role NAME: the role that servers will use')
  }
  const access = await accessTo(
    environment,
    await loadConfig(environment, { serving: true, flags }),
  )
  if (access === undefined) {
    throw new RampartError('usage', '--store postgres://OWNER@HOST/DATABASE: where the schema goes')
  }
  const { place, password } = access
  if (place.user === serving) {
    throw new RampartError(
      'usage',
      `${serving} would own what it serves from: migrate as another role`,
    )
  }
  const db = openPostgres(place, password)
  try {
    const { from, to } = await migratePostgres(db, serving)
    if (out.json) out.data({ store: place.shown, from, to, serving_role: serving })
    else if (from === to) out.line(safe`${place.shown}: version ${to} already, for ${serving}`)
    else out.line(safe`${place.shown}: from version ${from} to ${to}, for ${serving}`)
    return 0
  } finally {
    await db.close()
  }
}

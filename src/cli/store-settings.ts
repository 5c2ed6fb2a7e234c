import { postgresPlace } from '../adapters/postgres-place.ts'
import type { Setting } from './settings.ts'
import { text, yesOrNo } from './setting-readers.ts'

/** Where state is shared with other replicas. */
export interface StoreValues {
  /** `postgres://…`; undefined: the state directory's own database. May hold a password. */
  readonly store: string | undefined
  readonly store_tenant: string
  readonly store_password_file: string | undefined
  readonly store_weak_tls: boolean
}

export const STORE_SETTINGS: { readonly [K in keyof StoreValues]: Setting<StoreValues[K]> } = {
  store: {
    doc: 'PostgreSQL that several servers share: postgres://USER@HOST/DATABASE (rampart.db)',
    flag: 'store',
    env: 'RAMPART_STORE',
    serveOnly: true,
    secret: true,
    fallback: undefined,
    read: storeUrl,
  },
  store_tenant: {
    doc: 'Whose state it is, where one database holds that of several',
    flag: 'store-tenant',
    fallback: 'default',
    read: tenant,
  },
  store_password_file: {
    doc: 'File that holds its password (keys/store.password, then PGPASSWORD)',
    flag: 'store-password-file',
    fallback: undefined,
    read: text,
  },
  store_weak_tls: {
    doc: 'Whether its URL may ask for less than sslmode=verify-full to another machine',
    fallback: false,
    read: yesOrNo,
  },
}

function storeUrl(value: unknown): string {
  try {
    const url = text(value)
    // What may be asked for there is another setting's.
    postgresPlace(url, { weakTls: true })
    return url
  } catch (error) {
    throw new TypeError((error as Error).message.replace(/^store: /, ''))
  }
}

function tenant(value: unknown): string {
  if (typeof value === 'string' && /^[a-z0-9][a-z0-9_-]{0,62}$/.test(value)) return value
  throw new TypeError('expected lower-case letters, digits, - and _, 63 at most')
}

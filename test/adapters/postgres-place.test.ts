import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { postgresPlace, withoutPassword } from '../../src/adapters/postgres-place.ts'
import { openPostgres } from '../../src/adapters/postgres-pool.ts'
import { RampartError } from '../../src/errors.ts'
import { makeCertificate } from '../helpers/certificate.ts'
import { SERVING, SKIP_POSTGRES, startPostgres, type TestPostgres } from '../helpers/postgres.ts'

const skip = SKIP_POSTGRES
const STRICT = { weakTls: false }

test('F48 to another machine nothing less than verify-full is spoken, unless that is said', () => {
  const verify = (url: string, weakTls = false) => postgresPlace(url, { weakTls }).tls?.verify
  assert.equal(verify('postgres://r@db.example/rampart'), 'full')
  assert.equal(verify('postgresql://r@db.example/rampart?sslmode=verify-full'), 'full')
  assert.equal(verify('postgres://r@127.0.0.1/rampart'), undefined)
  assert.equal(verify('postgres://r@[::1]:5433/rampart'), undefined)
  assert.equal(verify('postgres://r@%2Frun%2Fpostgresql/rampart'), undefined)
  assert.equal(verify('postgres://r@127.0.0.1/rampart?sslmode=require'), 'none')
  for (const mode of ['disable', 'require', 'verify-ca']) {
    const url = `postgres://r@db.example/rampart?sslmode=${mode}`
    assert.throws(() => postgresPlace(url, STRICT), /verify-full is needed/)
    assert.doesNotThrow(() => postgresPlace(url, { weakTls: true }))
  }
  // Names that only begin like loopback.
  for (const host of ['127.0.0.1.example', 'localhost.example', '10.0.0.1']) {
    assert.equal(verify(`postgres://r@${host}/rampart`), 'full')
  }
})

test('what is no place of a database says so, and never says the password', () => {
  const bad = [
    'mysql://r:s3cret@db/x',
    'postgres://r:s3cret@db.example/x?sslmode=prefer',
    'postgres://r:s3cret@db.example/x?options=-c%20a=b',
    'postgres://r:s3cret@db.example/',
    'postgres://r:s3cret@db.example/x?sslrootcert=/none/there',
    'postgres://r:s3cret@db.example/x?sslmode=require',
    'r:s3cret',
  ]
  for (const url of bad) {
    assert.throws(
      () => postgresPlace(url, STRICT),
      (error: unknown) =>
        error instanceof RampartError && error.code === 'config_invalid' &&
        !error.message.includes('s3cret'),
      url,
    )
  }
  const place = postgresPlace('postgres://r:s3cret@db.example/x', STRICT)
  assert.ok(!JSON.stringify(place).includes('s3cret'))
  assert.equal(place.shown, 'x on db.example:5432 as r')
  assert.deepEqual(withoutPassword('postgres://r:a%40b@db.example/x'), {
    url: 'postgres://r@db.example/x',
    password: 'a@b',
  })
})

let postgres: TestPostgres | undefined
let certificates = ''

before(async () => {
  if (skip !== false) return
  certificates = mkdtempSync(join(tmpdir(), 'rampart-cert-'))
  assert.ok(makeCertificate(certificates), 'openssl makes a certificate')
  postgres = await startPostgres(['ssl=on'], certificates)
})
after(() => {
  postgres?.close()
  if (certificates !== '') rmSync(certificates, { recursive: true, force: true })
})

async function isSpokenOverTls(parameters: string): Promise<unknown> {
  const url = `${postgres!.url(SERVING)}?${parameters}`
  const db = openPostgres(postgresPlace(url, STRICT), SERVING.password)
  try {
    const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'
    return (await db.rows(sql))[0]?.['ssl']
  } finally {
    await db.close()
  }
}

test(
  'the driver speaks TLS, and refuses a certificate that nobody it trusts has signed',
  { skip },
  async () => {
    const root = `sslrootcert=${certificates}/cert.pem`
    assert.equal(await isSpokenOverTls(`sslmode=verify-full&${root}`), true)
    assert.equal(await isSpokenOverTls('sslmode=require'), true)
    assert.equal(await isSpokenOverTls('sslmode=disable'), false)
    await assert.rejects(isSpokenOverTls('sslmode=verify-full'), /self.signed|UnknownIssuer/i)
  },
)

test('the name in the certificate is what is asked for', { skip }, async () => {
  // The certificate is for 127.0.0.1; another name of the same machine is not what it says.
  const url = postgres!.url(SERVING).replace('127.0.0.1', 'localhost')
  const root = `sslrootcert=${certificates}/cert.pem`
  const asking = async (mode: string) => {
    const place = postgresPlace(`${url}?sslmode=${mode}&${root}`, STRICT)
    const db = openPostgres(place, SERVING.password)
    try {
      return (await db.rows('SELECT 1 AS one')).length
    } finally {
      await db.close()
    }
  }
  await assert.rejects(asking('verify-full'), RampartError)
  assert.equal(await asking('verify-ca'), 1)
})

test('a wrong password, a wrong port: unavailable, without the password', { skip }, async () => {
  const right = postgresPlace(postgres!.url(SERVING), STRICT)
  for (
    const [place, password] of [[right, 's3cret'], [
      { ...right, port: 1 },
      SERVING.password,
    ]] as const
  ) {
    const db = openPostgres(place, password)
    try {
      await assert.rejects(
        db.rows('SELECT 1'),
        (error: unknown) =>
          error instanceof RampartError && error.code === 'unavailable' &&
          !`${error.message} ${JSON.stringify(error)} ${error.cause}`.includes(password),
      )
    } finally {
      await db.close()
    }
  }
})

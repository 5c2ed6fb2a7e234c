// deno-lint-ignore-file explicit-module-boundary-types
// The bill of materials in CycloneDX 1.5, out of the lock file. `npm sbom --omit dev` leaves out packages that a
// development dependency has too, hono and zod among them.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Every package that is in what we give away, and the runtime that the executables hold. */
export function billOfMaterials(root, time) {
  const { name, version, license, packages } = lockOf(root)
  const paths = [...reached(packages, packages[''].dependencies), 'node_modules/bun']
  const components = paths.sort().map((path) => component(path, packages[path]))
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: time.toISOString(),
      component: {
        'bom-ref': `${name}@${version}`,
        type: 'application',
        name,
        version,
        purl: `pkg:npm/${name}@${version}`,
        licenses: [{ license: { id: license } }],
      },
    },
    components,
  }
  // Its number follows from what it says, so that the same sources give the same file.
  const hex = createHash('sha256').update(JSON.stringify(bill)).digest('hex')
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
  ]
  return { ...bill, serialNumber: `urn:uuid:${[...parts, hex.slice(20, 32)].join('-')}` }
}

function lockOf(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { name, version, license } = packages['']
  return { name, version, license, packages }
}

/** Where the lock file has what these dependencies need, and what that needs. */
function reached(packages, dependencies) {
  const found = new Set()
  const waiting = Object.keys(dependencies).map((name) => ['', name])
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const path = placeOf(packages, ...next)
    if (path === undefined || found.has(path)) continue
    found.add(path)
    const { dependencies: own = {}, peerDependencies: peers = {} } = packages[path]
    for (const name of Object.keys({ ...own, ...peers })) waiting.push([path, name])
  }
  return found
}

/** The nearest one above who needs it, as Node looks for it. */
function placeOf(packages, from, name) {
  for (let at = from;;) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (packages[path] !== undefined) return path
    if (at === '') return undefined
    at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))
  }
}

function component(path, { version, integrity, license }) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  const sha512 = /^sha512-(\S+)$/.exec(integrity ?? '')?.[1]
  return {
    'bom-ref': `${name}@${version}`,
    type: name === 'bun' ? 'platform' : 'library',
    name,
    version,
    scope: 'required',
    purl,
    ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    ...(sha512 === undefined ? {} : {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }],
    }),
  }
}

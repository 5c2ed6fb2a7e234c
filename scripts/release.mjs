// `npm run release [-- TARGET…]`: what is given away, in dist/release: an archive for each target, the npm package, an
// image's files, an SBOM (CycloneDX) and SHA256SUMS. The same sources give the same bytes: times are those of the commit.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { billOfMaterials } from './release-bill.mjs'
import { buildFor, TARGETS } from './release-targets.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const out = join(dist, 'release')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const epoch = Number(
  process.env.SOURCE_DATE_EPOCH || run('git', ['log', '-1', '--format=%ct']) || 0,
)

/** What a command printed; the release ends where it fails. */
function run(command, argv, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, argv, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${argv.join(' ')}: ${stderr}`)
  return stdout?.trim()
}

/** A directory as an archive whose bytes depend on nothing but what it holds. */
function archive(dir, file) {
  const tar = join(out, `.${basename(file)}`)
  const plain = ['--sort=name', `--mtime=@${epoch}`, '--owner=0', '--group=0', '--numeric-owner']
  run('tar', [...plain, '--mode=go-w,a+rX', '-cf', tar, '-C', dirname(dir), basename(dir)])
  run('gzip', ['-n', '-6', '-f', tar])
  renameSync(`${tar}.gz`, file)
  process.stdout.write(`dist/release/${basename(file)}\n`)
}

/** The program with what a system has a place for. */
function packed(target, program) {
  const name = `rampart-${version}-${target}`
  const dir = join(out, name)
  for (const at of ['man', 'completions', 'systemd']) mkdirSync(join(dir, at), { recursive: true })
  const exe = target.startsWith('windows') ? 'rampart.exe' : 'rampart'
  copyFileSync(program, join(dir, exe))
  chmodSync(join(dir, exe), 0o755)
  for (const file of ['LICENSE', 'README.md', 'SECURITY.md', 'CHANGELOG.md']) {
    copyFileSync(join(root, file), join(dir, file))
  }
  copyFileSync(join(root, 'packaging', 'rampart.service'), join(dir, 'systemd', 'rampart.service'))
  const host = join(dist, 'rampart')
  writeFileSync(join(dir, 'man', 'rampart.1'), `${run(host, ['man'])}\n`)
  for (
    const [shell, file] of [['bash', 'rampart'], ['zsh', '_rampart'], ['fish', 'rampart.fish']]
  ) {
    writeFileSync(join(dir, 'completions', file), `${run(host, ['completion', shell])}\n`)
  }
  archive(dir, join(out, `${name}.tar.gz`))
  rmSync(dir, { recursive: true })
}

/** The root of an image without a system: the program, the libraries that it names, an account, certificates. */
function image() {
  const dir = join(out, `rampart-${version}-image`)
  const files = join(dir, 'root')
  const place = (from, to) => {
    mkdirSync(dirname(join(files, to)), { recursive: true })
    copyFileSync(from, join(files, to))
  }
  place(join(dist, 'rampart'), 'usr/bin/rampart')
  chmodSync(join(files, 'usr/bin/rampart'), 0o755)
  for (const [, path] of run('ldd', [join(dist, 'rampart')]).matchAll(/(\/\S+) \(0x/g)) {
    place(path, path)
  }
  const certificates = '/etc/ssl/certs/ca-certificates.crt'
  if (existsSync(certificates)) place(certificates, certificates)
  for (
    const [file, text] of [
      ['etc/passwd', 'rampart:x:65532:65532::/var/lib/rampart:/sbin/nologin\n'],
      ['etc/group', 'rampart:x:65532:\n'],
    ]
  ) {
    mkdirSync(join(files, 'etc'), { recursive: true })
    writeFileSync(join(files, file), text)
  }
  for (const at of ['var/lib/rampart', 'tmp', 'proc', 'dev']) {
    mkdirSync(join(files, at), { recursive: true })
  }
  copyFileSync(join(root, 'packaging', 'Dockerfile'), join(dir, 'Dockerfile'))
  archive(dir, join(out, `rampart-${version}-image.tar.gz`))
}

function bill() {
  const file = `rampart-${version}.cdx.json`
  const text = JSON.stringify(billOfMaterials(root, new Date(epoch * 1000)), null, 2)
  writeFileSync(join(out, file), `${text}\n`)
  process.stdout.write(`dist/release/${file}\n`)
}

function sums() {
  const names = readdirSync(out).filter((name) => /\.(?:gz|tgz|json)$/.test(name)).sort()
  const rows = names.map((name) =>
    `${createHash('sha256').update(readFileSync(join(out, name))).digest('hex')}  ${name}\n`
  )
  writeFileSync(join(out, 'SHA256SUMS'), rows.join(''))
  process.stdout.write('dist/release/SHA256SUMS\n')
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((target) => !Object.keys(TARGETS).includes(target))
if (unknown.length > 0) {
  process.stderr.write(
    `No such target: ${unknown.join(', ')}; there are ${Object.keys(TARGETS).join(', ')}\n`,
  )
  process.exit(2)
}
if (!existsSync(join(dist, 'rampart'))) run(process.execPath, [join(root, 'scripts', 'build.mjs')])
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
for (const target of wanted.length > 0 ? wanted : Object.keys(TARGETS)) {
  const { program, why } = buildFor(target)
  if (program === undefined) process.stdout.write(`${target} left out: ${why}\n`)
  else packed(target, program)
}
run('npm', ['pack', '--silent', '--pack-destination', out])
process.stdout.write(`dist/release/rampart-${version}.tgz\n`)
image()
bill()
sums()

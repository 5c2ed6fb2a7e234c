import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, test } from 'node:test'
import { onlyOn } from '../helpers/runtime.ts'
import { ROOT } from '../e2e/server.ts'

function whyNot(): string | false {
  const elsewhere = onlyOn('node', 'a release is made once')
  if (elsewhere) return elsewhere
  if (process.env['TEST_WHOLE'] !== '1') return 'a release takes a minute: npm test -- --whole'
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return 'the archives are made on linux-x64'
  }
  if (!existsSync(join(ROOT, 'dist', 'rampart'))) return 'dist/rampart is not built: npm run build'
  return false
}

const skip = whyNot()
const OUT = join(ROOT, 'dist', 'release')
let dir = ''
let printed = ''

const run = (command: string, argv: readonly string[], cwd = ROOT) => {
  const { status, stdout, stderr, error } = spawnSync(command, argv, { cwd, encoding: 'utf8' })
  if (error) throw error
  return { status, stdout, stderr }
}

before(() => {
  if (skip) return
  dir = mkdtempSync(join(tmpdir(), 'rampart-release-'))
  const made = run(process.execPath, [
    join(ROOT, 'scripts', 'release.mjs'),
    'linux-x64',
    'linux-arm64',
  ])
  assert.equal(made.status, 0, made.stderr)
  printed = made.stdout
})

after(() => {
  if (!skip) { for (const at of [dir, OUT]) rmSync(at, { recursive: true, force: true }) }
})

test('SHA256SUMS has every file of the release, and every sum is right', { skip }, () => {
  const { status, stdout } = run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], OUT)
  assert.equal(status, 0, stdout)
  const files = readdirSync(OUT, { withFileTypes: true }).filter((one) => one.isFile())
  const names = files.map(({ name }) => name).filter((name) => name !== 'SHA256SUMS').sort()
  const listed = readFileSync(join(OUT, 'SHA256SUMS'), 'utf8').trim().split('\n')
  assert.deepEqual(listed.map((line) => line.split('  ')[1]), names)
})

test('the archive holds the program, its page, completions and unit, and the program runs', {
  skip,
}, () => {
  const name = readdirSync(OUT).find((one) => one.endsWith('-linux-x64.tar.gz'))!
  assert.equal(run('tar', ['-xzf', join(OUT, name), '-C', dir]).status, 0)
  const at = join(dir, name.replace('.tar.gz', ''))
  for (
    const file of ['LICENSE', 'man/rampart.1', 'completions/_rampart', 'systemd/rampart.service']
  ) {
    assert.ok(readFileSync(join(at, file), 'utf8').length > 100, file)
  }
  const { version, executable } = JSON.parse(run(join(at, 'rampart'), ['version', '--json']).stdout)
  assert.ok(name.includes(`-${version}-`))
  assert.equal(executable, true)
})

test('the archive for arm64 runs there', { skip }, (context) => {
  if (printed.includes('linux-arm64 left out')) return context.skip(printed)
  const sysroot = '/usr/aarch64-linux-gnu'
  const emulator = spawnSync('qemu-aarch64', ['--version']).status === 0 && existsSync(sysroot)
  if (!emulator) return context.skip('no qemu-aarch64 here')
  const name = readdirSync(OUT).find((one) => one.endsWith('-linux-arm64.tar.gz'))!
  assert.equal(run('tar', ['-xzf', join(OUT, name), '-C', dir]).status, 0)
  const program = join(dir, name.replace('.tar.gz', ''), 'rampart')
  const { stdout, stderr } = run('qemu-aarch64', ['-L', sysroot, program, 'version', '--json'])
  assert.equal(JSON.parse(stdout).arch, 'arm64', stderr)
})

test('the image starts, answers its health check and ends under a root that cannot be written', {
  skip,
}, (context) => {
  if (process.getuid?.() !== 0) return context.skip('only root can mount what a container has')
  const name = readdirSync(OUT).find((one) => one.endsWith('-image'))!
  cpSync(join(OUT, name, 'root'), join(dir, 'root'), { recursive: true })
  const script = join(ROOT, 'test', 'release', 'image.sh')
  const argv = ['-m', '-p', '-f', '--kill-child', 'sh', script, join(dir, 'root')]
  const { stdout, stderr } = run('unshare', argv)
  const seen = stdout.trim().split('\n')
  assert.deepEqual(
    seen,
    ['before 1', 'serve 0', 'health 0', 'test 1', 'verify 0', 'stop 0'],
    stderr,
  )
})

test(
  'the bill of materials names every dependency by its version, and the runtime',
  { skip },
  () => {
    const name = readdirSync(OUT).find((one) => one.endsWith('.cdx.json'))!
    const { components, metadata, bomFormat } = JSON.parse(readFileSync(join(OUT, name), 'utf8'))
    assert.equal(bomFormat, 'CycloneDX')
    assert.equal(metadata.component.name, 'rampart')
    const listed: string[] = components.map(({ name, version }: Record<string, string>) =>
      `${name}@${version}`
    )
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const { dependencies, devDependencies } = manifest
    for (const [dependency, version] of Object.entries(dependencies)) {
      assert.ok(listed.includes(`${dependency}@${version}`), `${dependency} of ${listed}`)
    }
    assert.ok(listed.includes(`bun@${devDependencies.bun}`))
  },
)

test('the same sources give the same archive', { skip }, () => {
  const first = readFileSync(join(OUT, 'SHA256SUMS'), 'utf8')
  const again = run(process.execPath, [join(ROOT, 'scripts', 'release.mjs'), 'linux-x64'])
  assert.equal(again.status, 0, again.stderr)
  const second = readFileSync(join(OUT, 'SHA256SUMS'), 'utf8').trim().split('\n')
  for (const line of second) assert.ok(first.includes(line), line)
})

test('systemd takes the unit', { skip }, (context) => {
  const { status, stderr, error } = spawnSync('systemd-analyze', [
    'verify',
    '--man=no',
    join(ROOT, 'packaging/rampart.service'),
  ], {
    encoding: 'utf8',
  })
  if (error) return context.skip('no systemd-analyze here')
  // The one thing that it may miss is the program, which is not installed here.
  const left = stderr.trim().split('\n').filter((line) =>
    !/rampart is not executable/.test(line) && line !== ''
  )
  assert.deepEqual(left, [], `status ${status}`)
})

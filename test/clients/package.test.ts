import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { inHome, ownRuntime, startServer } from '../e2e/server.ts'
import { missing, openapi, type Program, root, runProgram } from './program.ts'

const BUILD: Program = {
  cwd: root,
  probe: ['python3', '-c', 'import build, sys; assert sys.version_info >= (3, 11)'],
  command: ['python3', '-m', 'build'],
  needs: 'python3.11 with build',
}

test('the package for Python has the licence of the repository', () =>
  assert.equal(
    readFileSync(`${openapi}/python/LICENSE`, 'utf8'),
    readFileSync(`${root}/LICENSE`, 'utf8'),
  ))

test('a virtual environment takes the package for Python, whose archives hold it and no more', async (t) => {
  const why = missing(BUILD)
  if (why !== undefined) return t.skip(why)
  // It asks a package index for setuptools.
  if (process.env['TEST_WHOLE'] !== '1') return t.skip('run by CI (npm test -- --whole)')
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-package-')))
  try {
    const source = join(dir, 'python')
    cpSync(`${openapi}/python`, source, {
      recursive: true,
      filter: (path) => !/\/(?:build|__pycache__|[^/]+\.egg-info)$/.test(path),
    })
    const out = join(dir, 'dist')
    await run([...BUILD.command, '--outdir', out, source])
    const [wheel, sdist] = ['.whl', '.tar.gz'].map((end) =>
      join(out, readdirSync(out).find((name) => name.endsWith(end))!)
    )
    const inWheel = await run(['python3', '-m', 'zipfile', '-l', wheel!])
    const inSdist = await run(['python3', '-m', 'tarfile', '-l', sdist!])
    for (const names of [inWheel, inSdist]) {
      for (
        const file of [
          ...['rampart/py.typed', 'rampart/guard.py', 'rampart/langchain.py'],
          ...['rampart_client/py.typed', 'rampart_client/models/decision.py', 'LICENSE'],
        ]
      ) assert.match(names, new RegExp(`(?:^|/)${file.replace('.', '\\.')}\\b`, 'm'))
      assert.doesNotMatch(names, /\/(?:tests?|examples|__pycache__)\/|requirements/)
    }
    await installed(source, join(dir, 'venv'))
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

/** `pip install ./openapi/python` as the guide has it, and the example on what came of it. */
async function installed(source: string, venv: string): Promise<void> {
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python' : 'bin/python')
  await run(['python3', '-m', 'venv', venv])
  await run([python, '-m', 'pip', 'install', '--quiet', source])
  await inHome(async (home) => {
    await startServer(ownRuntime(), home, { args: ['--profile', 'standard'] })
    const printed = await run([python, `${source}/examples/denied.py`], { RAMPART_HOME: home })
    assert.match(printed, /^denied by \S+: \S/)
  })
}

async function run(
  command: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const ran = await runProgram(command, tmpdir(), { ...more, PYTHONPATH: undefined })
  assert.equal(ran.code, 0, ran.output)
  return ran.output
}

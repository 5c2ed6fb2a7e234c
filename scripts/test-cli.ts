// The command line as tests start it: some hundred times, each time on what was bundled once.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { bin, root } from './test-jobs.ts'

/**
 * `src/cli.ts` for any of the three runtimes, in files that load what a command needs: it starts in about
 * half of the time that the sources take. It lies in a directory of `dist/`, as deep as the modules that look
 * for what is beside the sources; `build/` is closed to other accounts, and some tests are of those.
 */
export function bundleCli(): { readonly dir: string; readonly path: string } {
  mkdirSync(join(root, 'dist'), { recursive: true })
  const dir = mkdtempSync(join(root, 'dist', '.test-'))
  chmodSync(dir, 0o755)
  const out = join(dir, 'cli')
  const flags = ['--target=node', '--format=esm', '--splitting', `--outdir=${out}`]
  const { status, stderr } = spawnSync(bin('bun'), ['build', ...flags, 'src/cli.ts'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`bun build of src/cli.ts: ${stderr}`)
  return { dir, path: join(out, 'cli.js') }
}

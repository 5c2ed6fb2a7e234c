import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { type Bench, json, type Ran, ROOT, skipped, withBench } from './bench.ts'

const skip = skipped()

interface Row {
  readonly name: string
  /** The program that has to be on this machine. */
  readonly needs?: string
  /** What starts `touch MARKER`; MARKER, DIR and ROOT are filled in. */
  readonly command: readonly string[]
  /** Files made in DIR before. */
  readonly files?: Readonly<Record<string, string>>
  /** Not covered: the program runs whatever the server says. README says why. */
  readonly passes?: true
}

/** Itself, not the script of a version manager that starts it. */
const PYTHON = skip
  ? ''
  : spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout
    ?.trim() ?? ''

const python = (name: string, code: string): Row => ({
  name: `python3 ${name}`,
  needs: 'python3',
  command: [PYTHON, '-c', code],
})
const node = (name: string, code: string): Row => ({
  name: `node ${name}`,
  command: [join(ROOT, 'node_modules/.bin/node'), '-e', code],
})
const CHILD = `require("node:child_process")`

/** README's table is these rows: covered where `passes` is not said. */
export const ROWS: readonly Row[] = [
  python('subprocess.run([…])', 'import subprocess as s; s.run(["touch","MARKER"])'),
  python('subprocess, env={}', 'import subprocess as s; s.run(["/usr/bin/touch","MARKER"],env={})'),
  python('subprocess, shell=True', 'import subprocess as s; s.run("touch MARKER",shell=True)'),
  python(
    'subprocess, close_fds=False',
    'import subprocess as s; s.run(["/usr/bin/touch","MARKER"],close_fds=False)',
  ),
  python('os.execv', 'import os; os.execv("/usr/bin/touch",["x","MARKER"])'),
  python('os.execvp', 'import os; os.execvp("touch",["x","MARKER"])'),
  python('os.execle', 'import os; os.execle("/usr/bin/touch","x","MARKER",{})'),
  python(
    'os.posix_spawn',
    'import os; os.waitpid(os.posix_spawn("/usr/bin/touch",["x","MARKER"],{}),0)',
  ),
  python('os.system', 'import os; os.system("touch MARKER")'),
  python('os.popen', 'import os; os.popen("touch MARKER").read()'),
  python('pty.spawn', 'import pty; pty.spawn(["touch","MARKER"])'),
  python(
    'asyncio',
    'import asyncio\nasync def f():\n p=await asyncio.create_subprocess_exec("touch","MARKER")\n await p.wait()\nasyncio.run(f())',
  ),
  python(
    'multiprocessing',
    'import multiprocessing as m, os\ndef f(): os.system("touch MARKER")\nif __name__=="__main__":\n p=m.get_context("fork").Process(target=f); p.start(); p.join()',
  ),
  python('ctypes libc', 'import ctypes; ctypes.CDLL(None).system(b"touch MARKER")'),
  {
    ...python(
      'ctypes, libc by its file',
      'import ctypes; ctypes.CDLL("libc.so.6").execl(b"/usr/bin/touch",b"x",b"MARKER",None)',
    ),
    passes: true,
  },
  node('exec', `${CHILD}.execSync("touch MARKER")`),
  node('spawn', `${CHILD}.spawnSync("touch",["MARKER"],{stdio:"inherit"})`),
  node(
    'spawn, env: {}',
    `${CHILD}.spawnSync("/usr/bin/touch",["MARKER"],{env:{},stdio:"inherit"})`,
  ),
  {
    name: 'bun spawn',
    command: [
      join(ROOT, 'node_modules/.bin/bun'),
      '-e',
      'Bun.spawnSync(["touch","MARKER"],{stderr:"inherit"})',
    ],
  },
  {
    name: 'bun $',
    command: [
      join(ROOT, 'node_modules/.bin/bun'),
      '-e',
      'await Bun.$`/usr/bin/touch MARKER`.nothrow()',
    ],
  },
  {
    name: 'deno Command',
    command: [
      join(ROOT, 'node_modules/deno/deno'),
      'eval',
      'await new Deno.Command("touch",{args:["MARKER"],stderr:"inherit"}).output()',
    ],
  },
  { name: 'sh', command: ['/bin/sh', '-c', '/usr/bin/touch MARKER; true'] },
  { name: 'sh exec', command: ['/bin/sh', '-c', 'exec touch MARKER'] },
  { name: 'bash', needs: 'bash', command: ['bash', '-c', '$(echo touch) MARKER; true'] },
  {
    name: 'bash exec -a, -c',
    needs: 'bash',
    command: ['bash', '-c', 'exec -c -a ls /usr/bin/touch MARKER'],
  },
  { name: 'zsh', needs: 'zsh', command: ['zsh', '-fc', 'touch MARKER; true'] },
  { name: 'env -i', command: ['env', '-i', '/usr/bin/touch', 'MARKER'] },
  { name: 'xargs', needs: 'xargs', command: ['sh', '-c', 'echo MARKER | xargs touch'] },
  {
    name: 'find -exec',
    needs: 'find',
    command: ['find', '/', '-maxdepth', '0', '-exec', 'touch', 'MARKER', ';'],
  },
  {
    name: 'make',
    needs: 'make',
    command: ['make', '-sC', 'DIR'],
    files: { Makefile: 'all:\n\ttouch MARKER\n' },
  },
  { name: 'git alias', needs: 'git', command: ['git', '-c', 'alias.x=!touch MARKER', 'x'] },
  { name: 'perl exec', needs: 'perl', command: ['perl', '-e', 'exec "touch","MARKER"'] },
  { name: 'perl backticks', needs: 'perl', command: ['perl', '-e', '`touch MARKER`'] },
  { name: 'ruby system', needs: 'ruby', command: ['ruby', '-e', 'system "touch","MARKER"'] },
  { name: 'awk system', needs: 'awk', command: ['awk', 'BEGIN { system("touch MARKER") }'] },
  {
    name: 'ssh ProxyCommand',
    needs: 'ssh',
    command: [
      'ssh',
      '-F',
      'none',
      '-o',
      'ProxyCommand=touch MARKER',
      '-o',
      'BatchMode=yes',
      'nowhere.invalid',
    ],
  },
  {
    name: 'java ProcessBuilder',
    needs: 'java',
    command: ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', 'DIR/P.java'],
    files: {
      'P.java':
        'class P { public static void main(String[] a) throws Exception { new ProcessBuilder("touch", "MARKER").inheritIO().start().waitFor(); } }',
    },
  },
  {
    name: 'go exec.Command (its child asks about itself)',
    needs: 'go',
    command: ['DIR/../../go-touch', 'MARKER'],
  },
  {
    name: 'timeout, nohup, nice',
    needs: 'timeout',
    command: ['timeout', '9', 'nice', '/usr/bin/touch', 'MARKER'],
  },
]

test(
  'runtimes: what is denied does not happen, what is allowed does',
  { skip, timeout: 300_000 },
  async (t) => {
    await withBench(async (bench) => {
      buildGo(bench)
      const wrong: string[] = []
      for (const [i, row] of ROWS.entries()) {
        if (row.needs === undefined || present(row.needs)) {
          wrong.push(await through(bench, row, join(bench.dir, `r${i}`)) ?? '')
        } else t.diagnostic(`${row.name}: no ${row.needs} here`)
      }
      assert.deepEqual(wrong.filter((text) => text !== ''), [])
    })
  },
)

/** What the row says and the program does otherwise; undefined where they agree. */
async function through(bench: Bench, row: Row, dir: string): Promise<string | undefined> {
  const tried = await attempt(bench, row, join(dir, 'a'), true)
  if (!existsSync(tried.marker)) return `${row.name}, allowed: ${tried.out}${tried.err}`
  const denied = await attempt(bench, row, join(dir, 'd'), false)
  const said = /blocked: no touching \(no-touch\)|Operation not permitted/.test(
    denied.err + denied.out,
  )
  const passes = row.passes === true
  if (existsSync(denied.marker) === passes && said !== passes) return undefined
  return `${row.name}, denied: made ${existsSync(denied.marker)}: ${denied.out}${denied.err}`
}

/** Everything is allowed but, where it is not, `touch`: by its program or in a line for the shell. */
async function attempt(
  bench: Bench,
  row: Row,
  dir: string,
  may: boolean,
): Promise<Ran & { marker: string }> {
  mkdirSync(dir, { recursive: true })
  const marker = join(dir, 'marker')
  const fill = (text: string) => text.replaceAll('MARKER', marker).replaceAll('DIR', dir)
  for (const [name, text] of Object.entries(row.files ?? {})) {
    writeFileSync(join(dir, name), fill(text))
  }
  bench.reply = (response, { body }) => {
    const touches = body.params.program === '/usr/bin/touch' || body.params.program === '/bin/touch'
    const allowed = may || !touches
    json(response, {
      allowed,
      decision: allowed ? 'allow' : 'deny',
      message: 'no touching',
      policy: 'no-touch',
    })
  }
  return { ...await bench.run(row.command.map(fill), { JAVA_TOOL_OPTIONS: '' }), marker }
}

function present(program: string): boolean {
  const path = `${process.env.PATH}:/usr/local/go/bin`
  return spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: path } }).status === 0
}

/** A static program: the library is not in it, but in what it starts. */
function buildGo(bench: Bench): void {
  const source =
    'package main\nimport ("os"; "os/exec")\nfunc main() { c := exec.Command("touch", os.Args[1]); c.Stderr = os.Stderr; c.Run() }\n'
  if (!present('go')) return
  writeFileSync(join(bench.dir, 'go.go'), source)
  const env = {
    PATH: `${process.env.PATH}:/usr/local/go/bin`,
    HOME: bench.dir,
    CGO_ENABLED: '0',
    GO111MODULE: 'off',
    GOCACHE: join(ROOT, 'preload/build/test/go'),
  }
  const { status, stderr } = spawnSync('go', [
    'build',
    '-o',
    join(bench.dir, 'go-touch'),
    join(bench.dir, 'go.go'),
  ], { env, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}

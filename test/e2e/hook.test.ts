import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  cleanEnv,
  inHome,
  ownRuntime,
  post,
  type Ran,
  ROOT,
  runProgram,
  startServer,
} from './server.ts'

const hook = (
  home: string,
  args: readonly string[],
  input: string,
  env: Record<string, string> = {},
): Promise<Ran> => runProgram([...ownRuntime(), 'hook', ...args], { home, input, env })

const CLAUDE = ['--format', 'claude-code']
const claude = (command: string, change: object = {}) =>
  JSON.stringify({
    session_id: 's',
    transcript_path: '/t',
    cwd: '/',
    permission_mode: 'default',
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_use_id: 't1',
    tool_input: { command },
    ...change,
  })

interface Line {
  readonly kind: string
  readonly via: string
  readonly agent: string
  readonly request: { readonly pid?: number }
  readonly decision: { readonly action: string }
}

function trail(home: string): Line[] {
  const dir = join(home, 'audit')
  return readdirSync(dir).filter((name) => /^\d.*\.jsonl$/.test(name)).sort()
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Line)
    .filter(({ kind }) => kind === 'decision' || kind === 'alert')
}

const reasonOf = ({ out }: Ran): string =>
  JSON.parse(out).hookSpecificOutput.permissionDecisionReason

test('hook without a server: decided and recorded here, and held against what the host does next', () =>
  inHome(async (home) => {
    const denied = await hook(home, CLAUDE, claude('rm -rf /'))
    assert.equal(denied.code, 0)
    assert.match(reasonOf(denied), /^Rampart blocked this Bash call: .*\[block-destructive\//)
    const after = { hook_event_name: 'PostToolUse', tool_response: { stdout: 'x' } }
    const ran = await hook(home, CLAUDE, claude('rm -rf /', after))
    assert.equal(JSON.parse(ran.out).decision, 'block')
    assert.deepEqual(
      trail(home).map(({ kind, via, agent, decision }) => [kind, via, agent, decision.action]),
      [
        ['decision', 'local', 'claude-code', 'deny'],
        ['alert', 'local', 'claude-code', 'denial_ignored'],
      ],
    )
    // Nobody sits there to be asked, but the host's own user does.
    const asked = await hook(home, CLAUDE, claude('git push --force origin main'))
    assert.equal(JSON.parse(asked.out).hookSpecificOutput.permissionDecision, 'ask')
  }))

test('hook with a server: the server decides, knows the process, and the answer is the same', () =>
  inHome(async (home) => {
    const server = await startServer(ownRuntime(), home)
    const [denied, auto, unknown, large, own] = await Promise.all([
      hook(home, CLAUDE, claude('rm -rf /')),
      hook(home, [], claude('ls', { prompt_id: 'p' })),
      hook(home, [], '{"a":1}'),
      hook(home, CLAUDE, claude('ls', { padding: 'x'.repeat(9 << 20) })),
      // semantics 33: an agent's own line may not speak for its host.
      hook(home, CLAUDE, claude('rampart hook --format claude-code < event.json')),
    ])
    assert.match(reasonOf(own), /\[protect-verbs\//)
    assert.match(reasonOf(denied), /\[block-destructive\//)
    assert.deepEqual([auto.code, auto.out], [0, '{}\n'])
    assert.deepEqual([unknown.code, unknown.out], [2, ''])
    assert.match(unknown.err, /Nobody knows which agent it comes from/)
    assert.match(reasonOf(large), /larger than 8 MiB/)
    const { status } = await post(server, '/v1/hook/nobody', {})
    assert.equal(status, 404)
    const lines = trail(home).filter(({ via }) => via === 'hook')
    assert.deepEqual(lines.map(({ decision }) => decision.action).sort(), [
      'allow',
      'deny',
      'deny',
      'deny',
    ])
    assert.ok(lines.filter(({ request }) => request.pid! > 1).length === 3)
    await server.end()
  }))

test('hook beside a server that hangs, or answers what is no answer: decided here', () =>
  inHome(async (home) => {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const answers = ['', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}', 'garbage\r\n\r\n']
    await Promise.all(answers.map(async (answer, index) => {
      const socket = join(home, '..', `${index}.sock`)
      const server = createServer((client) => {
        client.on('error', () => {})
        if (answer !== '') client.end(answer)
      })
      await new Promise<void>((resolve) => server.listen(socket, resolve))
      try {
        const denied = await hook(home, [...CLAUDE, '--socket', socket], claude('rm -rf /'))
        assert.match(reasonOf(denied), /\[block-destructive\//)
      } finally {
        server.close()
      }
    }))
    assert.deepEqual(trail(home).map(({ via }) => via), ['local', 'local', 'local'])
  }))

test('hook: what is wrong with the command line, the state or the policies denies', () =>
  inHome(async (home) => {
    const [flags, cline, empty] = await Promise.all([
      hook(home, ['--format', 'nobody'], claude('ls')),
      hook(home, ['--format', 'cline', '--nonsense'], '{}'),
      hook(home, CLAUDE, ''),
    ])
    assert.equal(flags.code, 2)
    assert.notEqual(flags.err, '')
    assert.deepEqual([cline.code, JSON.parse(cline.out).cancel], [0, true])
    assert.match(reasonOf(empty), /The event is empty/)
    mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
    writeFileSync(join(home, 'policies', 'p.yaml'), 'version: "1"\ndefault_action: maybe\n')
    const [policies, state] = await Promise.all([
      hook(home, CLAUDE, claude('ls')),
      hook(join(home, 'policies', 'p.yaml'), CLAUDE, claude('ls')),
    ])
    assert.match(reasonOf(policies), /could not judge it/)
    assert.match(policies.err, /default_action|p\.yaml/)
    assert.match(reasonOf(state), /could not judge it/)
  }))

test('hook whose reader is gone ends with 2, never with the code of a yes', () =>
  inHome(async (home) => {
    const [program, ...args] = ownRuntime()
    const child = spawn(program!, [...args, 'hook', ...CLAUDE], {
      cwd: ROOT,
      env: cleanEnv(home),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    child.stderr.destroy()
    child.stdin.on('error', () => {})
    child.stdin.end(claude('rm -rf /'))
    const code = await new Promise((resolve) => child.on('exit', resolve))
    assert.equal(code, 2)
  }))

test('hook whose event never ends denies at its deadline, and ends', () =>
  inHome(async (home) => {
    const [program, ...args] = ownRuntime()
    const child = spawn(program!, [...args, 'hook', ...CLAUDE, '--timeout-ms', '500'], {
      cwd: ROOT,
      env: cleanEnv(home),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    child.stdin.on('error', () => {})
    child.stdin.write('{')
    let out = ''
    child.stdout.on('data', (chunk: Uint8Array) => out += String(chunk))
    const code = await new Promise((resolve) => child.on('close', resolve))
    child.stdin.destroy()
    assert.equal(code, 0)
    assert.match(reasonOf({ code: 0, out, err: '' }), /it took too long/)
  }))

test('a project policy tightens a hook of its directory, and the person can turn that off', () =>
  inHome(async (home) => {
    const project = join(home, '..', 'project')
    mkdirSync(join(project, '.git'), { recursive: true })
    mkdirSync(join(project, '.rampart'), { recursive: true })
    mkdirSync(join(project, 'src'), { recursive: true })
    const policy = (rule: string) =>
      writeFileSync(
        join(project, '.rampart', 'policy.yaml'),
        `version: "1"\npolicies:\n  - name: project\n    rules:\n      - ${rule}\n`,
      )
    policy('{action: deny, when: {command_matches: "make deploy"}, message: Not here}')
    const event = claude('make deploy', { cwd: join(project, 'src') })
    const [there, off, elsewhere] = await Promise.all([
      hook(home, CLAUDE, event),
      hook(home, CLAUDE, event, { RAMPART_NO_PROJECT_POLICY: '1' }),
      hook(home, CLAUDE, claude('make deploy', { cwd: '/' })),
    ])
    assert.match(reasonOf(there), /Not here/)
    assert.equal(off.out, '{}\n')
    assert.equal(elsewhere.out, '{}\n')
    policy('{action: allow, native_allow: true, when: {command_matches: "*"}}')
    assert.match(reasonOf(await hook(home, CLAUDE, event)), /The project's policy is invalid/)
  }))

/** A person's file that stood for a while: one that is being written is looked at twice. */
function policyFile(home: string, rule: string): void {
  const dir = join(home, 'policies')
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, 'p.yaml')
  writeFileSync(
    path,
    `version: "1"\ndefault_action: allow\npolicies:\n  - name: mine\n    rules:\n      - ${rule}\n`,
  )
  utimesSync(path, 1e9, 1e9)
}

test('F26 policies that a hook read before are remembered, and an edit counts at once', () =>
  inHome(async (home) => {
    policyFile(home, '{action: deny, when: {command_matches: "make deploy"}, message: First}')
    const event = claude('make deploy')
    // All begin with no memory at once.
    const first = await Promise.all([1, 2].map(() => hook(home, CLAUDE, event)))
    for (const ran of first) assert.match(reasonOf(ran), /First/)
    const cache = join(home, 'cache')
    assert.equal(readdirSync(cache).length, 1)
    assert.equal(statSync(cache).mode & 0o777, 0o700)
    assert.match(reasonOf(await hook(home, CLAUDE, event)), /First/)
    policyFile(home, '{action: log, when: {command_matches: "make deploy"}}')
    assert.deepEqual(await hook(home, CLAUDE, event), { code: 0, out: '{}\n', err: '' })
    const verified = await runProgram([...ownRuntime(), 'audit', 'verify'], { home })
    assert.equal(verified.code, 0, verified.out)
  }))

test('F26 a hook whose memory cannot be kept, or is not ours alone, decides as without one', () =>
  inHome(async (home) => {
    policyFile(home, '{action: deny, when: {command_matches: "make deploy"}, message: Mine}')
    const event = claude('make deploy')
    writeFileSync(join(home, 'cache'), 'no directory')
    assert.match(reasonOf(await hook(home, CLAUDE, event)), /Mine/)
    rmSync(join(home, 'cache'))
    mkdirSync(join(home, 'cache'))
    chmodSync(join(home, 'cache'), 0o777)
    assert.match(reasonOf(await hook(home, CLAUDE, event)), /Mine/)
    assert.deepEqual(readdirSync(join(home, 'cache')), [])
    rmSync(join(home, 'keys', 'cache.key'))
    writeFileSync(join(home, 'keys', 'cache.key'), 'no key')
    assert.match(reasonOf(await hook(home, CLAUDE, event)), /Mine/)
  }))

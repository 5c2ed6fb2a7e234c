import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { inHome, ownRuntime, runProgram, type Served, startServer, until } from './server.ts'

const [runtime, ...args] = ownRuntime()

function rampart(home: string, words: readonly string[], input?: string) {
  return runProgram([runtime!, ...args, ...words], {
    home,
    ...(input === undefined ? {} : { input }),
  })
}

/** A place that stays where it is while the server behind it comes and goes. */
async function balancer() {
  let to: number | undefined
  const open = new Set<Socket>()
  const server = createServer((client) => {
    if (to === undefined) return void client.destroy()
    const behind = connect(to, '127.0.0.1')
    for (const [one, other] of [[client, behind], [behind, client]] as const) {
      open.add(one)
      one.on('error', () => other.destroy()).on('close', () => {
        open.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    lead(next: Served | undefined) {
      to = next === undefined ? undefined : Number(new URL(next.url).port)
      for (const socket of open) socket.destroy()
    },
    close: () => void server.close(),
  }
}

async function ask(server: Served, command: string): Promise<void> {
  const answer = await fetch(`${server.url}/v1/preflight/exec`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ agent: 'a', session: 's', enforce: true, params: { command } }),
  })
  assert.equal(answer.status, 200)
  await answer.json()
}

/** The lines of a trail by its directory. */
function lines(dir: string): string[] {
  const names = readdirSync(dir).filter((name) => /^\d{4}-.*\.jsonl$/.test(name)).sort()
  return names.flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').slice(0, -1))
}

/** Until the copy holds the whole trail of a node as it is by then. */
async function shipped(upstream: string, node: string): Promise<readonly string[]> {
  return await until(() => {
    const [copy] = readdirSync(join(upstream, 'fleet')).filter((name) =>
      /^[0-9A-Z]{26}$/.test(name)
    )
    if (copy === undefined) return undefined
    const [there, here] = [lines(join(upstream, 'fleet', copy)), lines(join(node, 'audit'))]
    return here.length > 0 && there.length === here.length ? there : undefined
  })
}

test('a node ships its whole trail, through an upstream that is killed and one that is away', () =>
  inHome((home) =>
    inHome(async (nodeHome) => {
      const front = await balancer()
      let upstream = await startServer(ownRuntime(), home)
      front.lead(upstream)
      try {
        const { out: code } = await rampart(home, [
          'fleet',
          'code',
          '--name',
          'laptop',
          '--label',
          'team=web',
        ])
        // What happened before it was a node is shipped too.
        await rampart(nodeHome, ['token', 'create', '--agent', 'a'])
        // Its trail has changed its key by then, and will again.
        assert.equal((await rampart(nodeHome, ['audit', 'rotate-key'])).code, 0)
        const enrolled = await rampart(nodeHome, ['node', 'enroll', front.url], code)
        assert.equal(enrolled.code, 0, enrolled.err)
        const again = await rampart(nodeHome, ['node', 'enroll', front.url], code)
        assert.match(again.err, /is a node of/)
        assert.equal((await rampart(nodeHome, ['audit', 'rotate-key'])).code, 0)
        const node = await startServer(ownRuntime(), nodeHome)
        for (let turn = 0; turn < 2; turn++) {
          for (let made = 0; made < 20; made++) await ask(node, `echo ${turn} ${made}`)
          // In the middle of what is shipped, or not: none is lost and none comes twice.
          await upstream.end('SIGKILL')
          front.lead(undefined)
          await ask(node, `echo away ${turn}`)
          upstream = await startServer(ownRuntime(), home)
          front.lead(upstream)
        }
        assert.deepEqual(await shipped(home, nodeHome), lines(join(nodeHome, 'audit')))
        const list = await fetch(`${upstream.url}/v1/fleet/nodes`, {
          headers: { authorization: `Bearer ${upstream.token}` },
        })
        const { nodes: [line] } = await list.json() as { nodes: Record<string, unknown>[] }
        assert.deepEqual(
          [line!['name'], line!['labels'], line!['missing'], line!['forked_at']],
          ['laptop', { team: 'web' }, 0, null],
        )
        const verified = await rampart(home, ['fleet', 'verify', 'laptop'])
        assert.match(verified.out, /^laptop: unbroken, \d+ events/)
        await node.end()
        await upstream.end()
      } finally {
        front.close()
      }
    })
  ))

test('a node that rewrites its past is shown, with the place, and what it shipped stays', () =>
  inHome((home) =>
    inHome(async (nodeHome) => {
      const upstream = await startServer(ownRuntime(), home)
      const { out: code } = await rampart(home, ['fleet', 'code'])
      await rampart(nodeHome, ['node', 'enroll', upstream.url, '--name', 'n1'], code)
      const first = await startServer(ownRuntime(), nodeHome)
      for (let made = 0; made < 5; made++) await ask(first, `echo ${made}`)
      await shipped(home, nodeHome)
      await first.end()
      const before = await shipped(home, nodeHome)
      // All of it, as who owns the machine can: the cursor of what was shipped goes as well.
      for (const name of ['audit', 'keys']) rmSync(join(nodeHome, name), { recursive: true })
      const second = await startServer(ownRuntime(), nodeHome)
      for (let made = 0; made < 9; made++) await ask(second, `rm ${made}`)
      const status = await until(async () => {
        const { out, code } = await rampart(home, ['fleet', 'status', '--json'])
        const [node] =
          (JSON.parse(out) as { nodes: { standing: string; forked_at: number }[] }).nodes
        return node!.standing === 'forked' ? { ...node!, code } : undefined
      })
      assert.equal(status.code, 1)
      const verified = await rampart(home, ['fleet', 'verify'])
      assert.equal(verified.code, 1)
      assert.match(verified.out, new RegExp(`rewritten from event ${status.forked_at} on`))
      const [copy] = readdirSync(join(home, 'fleet')).filter((name) => /^[0-9A-Z]{26}$/.test(name))
      assert.deepEqual(lines(join(home, 'fleet', copy!)), before)
      assert.match(second.printed(), /holds another trail of this/)
      const revoked = await rampart(home, ['fleet', 'revoke', 'n1'])
      assert.equal(revoked.code, 0, revoked.err)
      await second.end()
      await upstream.end()
    })
  ))

test('the words of enrolment are refused with what is wrong', () =>
  inHome(async (home) => {
    const rows: [words: string[], input: string, why: RegExp][] = [
      [['node', 'enroll', 'http://example.test'], 'rampart_node_00', /no https:\/\/HOST/],
      [['node', 'enroll', 'https://user@example.test'], 'rampart_node_00', /no https:\/\/HOST/],
      [['node', 'enroll', 'https://127.0.0.1:1/path'], 'rampart_node_00', /no https:\/\/HOST/],
      [['node', 'enroll', 'https://127.0.0.1:1'], 'hello', /no code of rampart fleet code/],
      [['node', 'enroll', 'http://127.0.0.1:1'], 'rampart_node_00', /does not answer/],
      [['node', 'leave'], '', /is no node/],
      [['fleet', 'code', '--label', 'web'], '', /expected KEY=VALUE/],
      [['fleet', 'revoke', 'nobody'], '', /no node called nobody/],
    ]
    for (const [words, input, why] of rows) {
      const { code, err } = await rampart(home, words, input)
      assert.notEqual(code, 0, words.join(' '))
      assert.match(err, why, words.join(' '))
    }
    writeFileSync(join(home, 'node', 'node.json'), '{"id": 1}')
    const broken = await rampart(home, ['serve', '--addr', '127.0.0.1:0'])
    assert.notEqual(broken.code, 0)
    assert.match(broken.err, /node\.json does not say who this node is/)
  }))

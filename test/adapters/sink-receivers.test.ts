import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { test, type TestContext } from 'node:test'
import { canonicalWithout } from '../../src/audit/canonical.ts'
import { draft, type Trail, withTrail } from '../helpers/audit.ts'
import { hostileTexts } from '../helpers/formats.ts'
import { httpReceiver, openWithSinks, specOf, until } from '../helpers/sinks.ts'

/** Programs of others that take what we send. They are used where they are; nothing is installed. */
const RSYSLOG = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find((path) => existsSync(path))
const COLLECTOR = [
  process.env['RAMPART_TEST_OTELCOL'] ?? '',
  '/usr/bin/otelcol',
  '/usr/local/bin/otelcol',
]
  .find((path) => path !== '' && existsSync(path))

const upTo = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }
}

/** A key and a certificate for 127.0.0.1 that has signed itself. */
function certificate(dir: string): { readonly key: string; readonly cert: string } | undefined {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
  ])
  if (made.error !== undefined) return undefined
  assert.equal(made.status, 0, String(made.stderr))
  return { key, cert }
}

interface Rsyslog {
  readonly urls: Readonly<Record<'udp' | 'tcp' | 'tls', string>>
  readonly cert: string
  lines(): readonly { readonly msg: string; readonly sd: string; readonly host: string }[]
  start(): Promise<void>
  stop(): Promise<void>
}

/** The daemon with a directory of its own; undefined where it has no TLS. */
async function rsyslog(trail: Trail): Promise<Rsyslog | undefined> {
  const dir = join(trail.dir, '.private', 'rsyslog')
  mkdirSync(dir, { recursive: true })
  const pem = certificate(dir)
  const [udp, tcp, tls] = [await freePort(), await freePort(), await freePort()]
  const modules = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((name) =>
    `/usr/lib/${name}/rsyslog`
  )
  const driver = modules.some((path) => existsSync(join(path, 'lmnsd_gtls.so'))) ? 'gtls' : 'ossl'
  if (pem === undefined || !modules.some((path) => existsSync(join(path, `lmnsd_${driver}.so`)))) {
    return undefined
  }
  const out = join(dir, 'out.jsonl')
  const config = join(dir, 'rsyslog.conf')
  writeFileSync(
    config,
    `
global(workDirectory="${dir}" maxMessageSize="8k"
  defaultNetstreamDriverCAFile="${pem.cert}"
  defaultNetstreamDriverCertFile="${pem.cert}" defaultNetstreamDriverKeyFile="${pem.key}")
module(load="imudp")
module(load="imtcp" streamDriver.name="${driver}" streamDriver.mode="0" streamDriver.authMode="anon")
template(name="j" type="list" option.jsonf="on") {
  property(outname="host" name="hostname" format="jsonf")
  property(outname="sd" name="structured-data" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}
input(type="imudp" address="127.0.0.1" port="${udp}")
input(type="imtcp" address="127.0.0.1" port="${tcp}")
input(type="imtcp" address="127.0.0.1" port="${tls}" streamDriver.name="${driver}"
  streamDriver.mode="1" streamDriver.authMode="anon")
action(type="omfile" file="${out}" template="j" asyncWriting="off" flushOnTXEnd="on")
`,
  )
  let child: ChildProcess | undefined
  return {
    urls: {
      udp: `udp://127.0.0.1:${udp}`,
      tcp: `tcp://127.0.0.1:${tcp}`,
      tls: `tls://127.0.0.1:${tls}`,
    },
    cert: pem.cert,
    lines: () =>
      (existsSync(out) ? readFileSync(out, 'utf8') : '').split('\n').filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    async start() {
      child = spawn(RSYSLOG!, ['-n', '-C', '-i', join(dir, 'pid'), '-f', config], {
        stdio: 'ignore',
      })
      await once(child, 'spawn')
    },
    async stop() {
      if (child !== undefined) await ended(child)
    },
  }
}

const seqOf = (sd: string) => Number(/ seq="(\d+)"/.exec(sd)?.[1])

function skipped(t: TestContext, what: string): void {
  t.skip(`${what} is not installed here`)
}

for (const way of ['tcp', 'tls', 'udp'] as const) {
  test(`rsyslog takes ${way}: what was sent is what it has, and stopping it loses nothing`, (t) => {
    if (RSYSLOG === undefined) return skipped(t, 'rsyslogd')
    return withTrail(async (trail) => {
      const daemon = await rsyslog(trail)
      if (daemon === undefined) return skipped(t, 'TLS for rsyslogd (rsyslog-gnutls), or openssl')
      const spec = specOf(daemon.urls[way], way === 'tls' ? { ca_file: daemon.cert } : {})
      await daemon.start()
      const one = await openWithSinks(trail, [spec])
      try {
        const texts = hostileTexts().filter(({ text }) => text.length < 1000)
        const rows = texts.map(({ text }) =>
          draft({ agent: text, request: { params: { command: text } } })
        )
        // Datagrams before the daemon listens are nobody's.
        if (way === 'udp') await until(() => listens(daemon.urls.udp))
        await one.log.append(rows)
        await until(() => daemon.lines().length >= rows.length)
        if (way !== 'udp') {
          await daemon.stop()
          await one.log.append([draft(), draft()])
          await until(() => one.sinks.states()[0]!.state === 'failing')
          await daemon.start()
        }
        await until(() => one.sinks.states()[0]!.lag_events === 0)
        const total = rows.length + (way === 'udp' ? 0 : 2)
        await until(() => daemon.lines().length >= total)
        const got = daemon.lines()
        assert.deepEqual([...new Set(got.map(({ sd }) => seqOf(sd)))], upTo(1, total))
        for (const { msg, host } of got) {
          assert.equal(host, 'host.test')
          const event = JSON.parse(msg.replace(/^\s*\ufeff?/, ''))
          const digest = createHash('sha256').update(canonicalWithout(event, 'hash')).digest('hex')
          assert.equal(event.hash, `sha256:${digest}`)
        }
      } finally {
        await one.close()
        await daemon.stop()
      }
    })
  })
}

/** Whether something holds the port, as the kernel lists it. */
function listens(url: string): boolean {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0')
  return readFileSync('/proc/net/udp', 'utf8').includes(`0100007F:${port} `)
}

test('TLS: a receiver whose certificate nobody vouches for gets nothing, unless that is waived', (t) => {
  if (RSYSLOG === undefined) return skipped(t, 'rsyslogd')
  return withTrail(async (trail) => {
    const daemon = await rsyslog(trail)
    if (daemon === undefined) return skipped(t, 'TLS for rsyslogd (rsyslog-gnutls), or openssl')
    await daemon.start()
    const specs = [
      specOf(daemon.urls.tls),
      specOf(daemon.urls.tls, { name: 'two', tls_verify: false }),
    ]
    const one = await openWithSinks(trail, specs)
    try {
      await one.log.append([draft(), draft()])
      await until(() => one.sinks.states()[1]!.delivered === 2)
      await until(() =>
        /certificate|SELF_SIGNED|UnknownIssuer|CERT/i.test(one.sinks.states()[0]!.last_error ?? '')
      )
      assert.equal(one.sinks.states()[0]!.delivered, 0)
      await until(() => daemon.lines().length === 2)
    } finally {
      await one.close()
      await daemon.stop()
    }
  })
})

test('HTTPS: a webhook with its own authority is trusted by ca_file alone', (t) =>
  withTrail(async (trail) => {
    const pem = certificate(trail.dir)
    if (pem === undefined) return skipped(t, 'openssl')
    const [key, cert] = [readFileSync(pem.key, 'utf8'), readFileSync(pem.cert, 'utf8')]
    let events = 0
    const receiver = await httpReceiver(({ body }, response) => {
      events += JSON.parse(body).count
      response.end()
    }, { key, cert })
    const url = `https://127.0.0.1:${receiver.port}/`
    const specs = [specOf(url), specOf(url, { name: 'two', ca_file: pem.cert })]
    const one = await openWithSinks(trail, specs)
    await one.log.append([draft(), draft(), draft()])
    await until(() => one.sinks.states()[1]!.delivered === 3)
    await until(() => one.sinks.states()[0]!.failures > 1)
    assert.deepEqual([one.sinks.states()[0]!.delivered, events], [0, 3])
    await one.close()
    await receiver.close()
  }))

test('an OpenTelemetry collector takes what is sent, each record with all it holds', (t) => {
  if (COLLECTOR === undefined) return skipped(t, 'otelcol (RAMPART_TEST_OTELCOL)')
  return withTrail(async (trail) => {
    const dir = join(trail.dir, '.private')
    const one = await openWithSinks(trail, [specOf(`otlp+http://127.0.0.1:${await freePort()}`)])
    const port = new URL(one.sinks.states()[0]!.to).port
    const config = join(dir, 'otelcol.yaml')
    writeFileSync(
      config,
      `
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:${port}"}}}}
exporters: {debug: {verbosity: detailed}}
service:
  telemetry: {metrics: {level: none}}
  pipelines: {logs: {receivers: [otlp], exporters: [debug]}}
`,
    )
    const child = spawn(COLLECTOR, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (chunk: Uint8Array) => said += String(chunk))
    try {
      const texts = hostileTexts().filter(({ text }) => text.length < 1000)
      await one.log.append(texts.map(({ text }) => draft({ agent: text })))
      await until(() => one.sinks.states()[0]!.lag_events === 0)
      const ids = () =>
        [...said.matchAll(/rampart\.seq: Int\((\d+)\)/g)].map((found) => Number(found[1]))
      await until(() => ids().length >= texts.length)
      assert.deepEqual([...new Set(ids())], upTo(1, texts.length))
      assert.equal(one.sinks.states()[0]!.rejected, 0)
    } finally {
      await one.close()
      await ended(child)
    }
  })
})

// `npm run bench`: docs/benchmarks.md as markdown on stdout; `npm run bench -- NAME …` only the sections named.
import { loadavg } from 'node:os'
import process from 'node:process'
import { benchAims } from './aims.ts'
import { benchApprovals } from './approvals.ts'
import { benchAudit } from './audit.ts'
import { benchClients } from './clients.ts'
import { type Figures, machine, type Section } from './common.ts'
import { benchDashboard } from './dashboard.ts'
import { benchDetection } from './detection.ts'
import { benchEngine } from './engine.ts'
import { benchFleet } from './fleet.ts'
import { benchHooks } from './hooks.ts'
import { benchHostile } from './hostile.ts'
import { benchHttp } from './http.ts'
import { benchMcp } from './mcp.ts'
import { benchPeers } from './peers.ts'
import { benchPreload } from './preload.ts'
import { benchRedaction } from './redaction.ts'
import { benchRules } from './rules.ts'
import { benchShim } from './shim.ts'
import { benchStart } from './start.ts'
import { benchStore } from './store.ts'
import { benchStream } from './stream.ts'
import { benchWrap } from './wrap.ts'

const SECTIONS: readonly [name: string, title: string, run: () => Section | Promise<Section>][] = [
  ['engine', 'One evaluation, interception included', benchEngine],
  ['hostile', 'Hostile lines', benchHostile],
  ['peers', 'Beside other policy engines', benchPeers],
  [
    'http',
    'Enforced preflight over HTTP, audit durable before the answer (load from one Node process)',
    benchHttp,
  ],
  [
    'clients',
    'Enforced calls by the clients, audit durable before the answer',
    benchClients,
  ],
  ['approvals', 'People in the loop', benchApprovals],
  ['store', 'State that two servers share in PostgreSQL', benchStore],
  ['fleet', 'Nodes of an upstream', benchFleet],
  ['rules', "Rules of the person's own", benchRules],
  ['stream', 'Many who watch', benchStream],
  ['audit', 'The audit trail', benchAudit],
  ['redaction', 'Hiding secrets before an event is hashed', benchRedaction],
  ['detection', 'Detection by the profile standard', benchDetection],
  ['dashboard', 'The dashboard, in Chromium without a graphics card', benchDashboard],
  ['preload', 'The preload library', benchPreload],
  ['shim', 'A shell that asks before it runs', benchShim],
  ['hooks', 'The hook of an agent', benchHooks],
  ['mcp', 'Before an MCP server', benchMcp],
  ['wrap', 'A program under wrap', benchWrap],
  ['start', 'The executable', benchStart],
]

const asked = process.argv.slice(2)
const names = SECTIONS.map(([name]) => name)
const unknown = asked.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`No section ${unknown.join(', ')}: one of ${names.join(', ')}\n`)
  process.exit(64)
}

// Others that work on the machine slow everything: a reader must be able to see it.
const load = loadavg()[0]!.toFixed(1)
const date = new Date().toISOString().slice(0, 10)
process.stdout.write(`# Benchmarks

This page is what \`npm run build && npm run -s bench > docs/benchmarks.md\` printed on ${date},
on ${machine()}, whose load was ${load} when it began. Ratios hold within one run only. The
command lines are real ones that are not part of this repository; without them the benchmark uses a short
list of its own and says so.
`)
const figures: Record<string, number> = {}
for (const [name, title, run] of SECTIONS) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const section = await run()
  Object.assign(figures, section.figures satisfies Figures)
  process.stdout.write(`\n## ${title}\n\n${section.markdown}\n`)
}
process.stdout.write(`\n## Against the aims\n\n${benchAims(figures)}\n`)

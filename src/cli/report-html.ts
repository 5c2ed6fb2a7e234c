import type { AuditEvent } from '../audit/event.ts'
import type { Named, TrailStats } from '../audit/stats.ts'
import { hashBytes } from '../runtime/hasher.ts'
import type { Compliance } from './compliance.ts'
import { display } from './display.ts'
import { asWritten, subjectOf } from './trail.ts'

/** Text in a page, as text: nothing an agent wrote is markup, moves the reading direction or hides. */
export function escaped(text: string): string {
  return display(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}

export interface ReportParts {
  readonly stats: TrailStats
  readonly compliance: Compliance
  /** The newest calls that were denied. */
  readonly denied: readonly AuditEvent[]
  readonly made: string
  readonly version: string
}

const STYLE = `
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
td.n,th.n{text-align:right}code{overflow-wrap:anywhere}
.pass{color:#176f2c}.fail{color:#b00020}.note{color:#8a5a00}
svg{width:100%;height:auto;background:#fafafa}
.rest{fill:#7aa6d8}.asked{fill:#e0a93b}.denied{fill:#c8423f}text{font:11px system-ui,sans-serif;fill:#555}
@media(prefers-color-scheme:dark){body{background:#161616;color:#ddd}svg{background:#1f1f1f}td,th{border-color:#333}text{fill:#aaa}}
`

/**
 * The report as one page that loads nothing: no scripts, no fonts, no images from elsewhere, and a policy in it
 * that lets the browser load none.
 */
export function reportPage(parts: ReportParts): string {
  const { stats, compliance, denied, made, version } = parts
  const { since, until } = stats
  const policy = `default-src 'none'; style-src 'sha256-${base64Hash(STYLE)}'; base-uri 'none'; ` +
    `form-action 'none'`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Rampart report</title><style>${STYLE}</style></head><body>
<h1>Rampart report</h1>
<p>${escaped(since ?? 'The beginning')} to ${escaped(until ?? made)}; made ${escaped(made)} by
Rampart ${escaped(version)} from ${escaped(compliance.directory)}</p>
${checks(compliance)}
${totals(stats)}
<h2>Decisions by hour (UTC)</h2>${hourChart(stats)}
${names('Policies', stats.decisions.by_policy)}
${names('Tools', stats.decisions.by_tool)}
${names('Agents', stats.decisions.by_agent)}
<h2>Denied lately</h2>${deniedTable(denied)}
</body></html>
`
}

function base64Hash(text: string): string {
  const hex = hashBytes(new TextEncoder().encode(text))
  return Buffer.from(hex, 'hex').toString('base64')
}

function checks({ checks }: Compliance): string {
  const rows = checks.map(({ id, title, result, detail }) =>
    `<tr><td>${escaped(id)}</td><td>${escaped(title)}</td><td class="${result}">${result}</td>` +
    `<td>${escaped(detail)}</td></tr>`
  )
  return `<h2>Compliance</h2><table>${rows.join('\n')}</table>`
}

function totals({ events, decisions, latency }: TrailStats): string {
  const rows = [
    ['Events', events],
    ['Decisions', decisions.total],
    ['of them enforced', decisions.enforced],
    ...decisions.by_action.map(({ name, count }) => [name, count] as const),
    ['Evaluation, p50 µs', latency.p50_us ?? '–'],
    ['Evaluation, p99 µs', latency.p99_us ?? '–'],
  ].map(([name, value]) => `<tr><td>${escaped(String(name))}</td><td class="n">${value}</td></tr>`)
  return `<h2>Totals</h2><table>${rows.join('\n')}</table>`
}

const CHART = { width: 960, height: 200, foot: 20, bars: 240 } as const

/** Bars, the newest last; more hours than fit are drawn as sums of several. */
function hourChart({ decisions }: TrailStats): string {
  const each = Math.max(1, Math.ceil(decisions.by_hour.length / CHART.bars))
  const bars = []
  for (let from = 0; from < decisions.by_hour.length; from += each) {
    const hours = decisions.by_hour.slice(from, from + each)
    const total = (key: 'count' | 'denied' | 'asked') =>
      hours.reduce((sum, hour) => sum + hour[key], 0)
    bars.push({
      hour: hours[0]!.hour,
      count: total('count'),
      denied: total('denied'),
      asked: total('asked'),
    })
  }
  if (bars.length === 0) return '<p>None</p>'
  const { width, height, foot } = CHART
  const most = Math.max(1, ...bars.map(({ count }) => count))
  const step = width / bars.length
  const drawn = bars.map(({ hour, count, denied, asked }, index) => {
    const rect = (kind: string, below: number, size: number) => {
      const [y, h] = [height - (below + size) / most * height, size / most * height]
      return `<rect class="${kind}" x="${(index * step).toFixed(1)}" y="${y.toFixed(1)}" ` +
        `width="${Math.max(0.5, step - 1).toFixed(1)}" height="${h.toFixed(1)}"/>`
    }
    const about = `${hour}: ${count} decisions, ${denied} denied, ${asked} asked`
    return `<g><title>${escaped(about)}</title>${rect('denied', 0, denied)}${
      rect('asked', denied, asked)
    }${rect('rest', denied + asked, Math.max(0, count - denied - asked))}</g>`
  })
  const ends = `<text x="0" y="${height + 15}">${escaped(bars[0]!.hour.slice(0, 16))}</text>` +
    `<text x="${width}" y="${height + 15}" text-anchor="end">${
      escaped(bars.at(-1)!.hour.slice(0, 16))
    }</text><text x="0" y="12">${most}</text>`
  return `<svg viewBox="0 0 ${width} ${height + foot}" role="img" aria-label="Decisions by hour">${
    drawn.join('')
  }${ends}</svg><p>red denied, yellow asked, blue the rest${
    each > 1 ? `; ${each} hours a bar` : ''
  }</p>`
}

const LISTED = 15

function names(title: string, list: readonly Named[]): string {
  if (list.length === 0) return ''
  const most = Math.max(1, ...list.map(({ count }) => count))
  const rows = list.slice(0, LISTED).map(({ name, count, denied }) => {
    const [all, bad] = [count / most * 200, denied / most * 200]
    return `<tr><td>${escaped(name === '' ? '(none)' : name)}</td><td class="n">${count}</td>` +
      `<td class="n">${denied}</td><td><svg viewBox="0 0 200 10" aria-hidden="true">` +
      `<rect class="rest" width="${all.toFixed(1)}" height="10"/>` +
      `<rect class="denied" width="${bad.toFixed(1)}" height="10"/></svg></td></tr>`
  })
  return `<h2>${title}</h2><table><tr><th></th><th class="n">calls</th><th class="n">denied</th><th></th></tr>${
    rows.join('\n')
  }</table>`
}

const LONGEST = 300

function deniedTable(denied: readonly AuditEvent[]): string {
  if (denied.length === 0) return '<p>None</p>'
  const rows = denied.map((event) => {
    const { time, agent, tool, decision } = asWritten(event)
    const subject = subjectOf(event)
    const about = subject.length > LONGEST ? `${subject.slice(0, LONGEST)}…` : subject
    const why = [decision.rule ?? decision.policy ?? '', decision.message ?? ''].join(' ').trim()
    return `<tr><td>${escaped(time)}</td><td>${escaped(agent)}</td><td>${escaped(tool)}</td>` +
      `<td><code>${escaped(about)}</code></td><td>${escaped(why)}</td></tr>`
  })
  return `<table>${rows.join('\n')}</table>`
}

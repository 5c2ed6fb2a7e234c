import type { Command, Flag } from './command.ts'
import { COMMON_FLAGS, TABLE } from './table.ts'

/** Variables a person may set, beside the flags (`config show` names the settings behind them). */
const VARIABLES: readonly (readonly [name: string, text: string])[] = [
  ['RAMPART_HOME', 'State directory instead of ~/.rampart.'],
  ['RAMPART_SOCKET', 'Unix socket of the server.'],
  ['RAMPART_URL', 'Server of another machine: https://HOST[:PORT].'],
  ['RAMPART_TOKEN', 'Token for it.'],
  [
    'RAMPART_MODE',
    'enforce, monitor or disabled; only serve takes it, elsewhere it can only tighten.',
  ],
  ['RAMPART_FAIL_OPEN', '0: edges deny while no server answers.'],
  ['RAMPART_NO_PROJECT_POLICY', '1: policies of repositories do not count.'],
]

const FILES: readonly (readonly [name: string, text: string])[] = [
  ['~/.rampart/policies/*.yaml', 'Policies of this account.'],
  ['~/.rampart/config.yaml', 'Settings.'],
  ['~/.rampart/token', 'May do everything.'],
  ['~/.rampart/audit/', 'The audit trail.'],
  ['/etc/rampart/policies/', 'Policies of root, above all others.'],
  ['/etc/rampart/server-uid', 'The account that may speak for the server.'],
]

/**
 * The manual page rampart(1) in man(7) macros, read off the command table, so that it can never name what is not
 * there.
 */
export function manual(version: string): string {
  return [
    `.TH RAMPART 1 "" "rampart ${text(version)}"`,
    ...section('NAME', ['rampart \\- policies between AI agents and their tools']),
    ...section('SYNOPSIS', ['.B rampart', '.I COMMAND', '[FLAGS]']),
    ...section('DESCRIPTION', [
      text(
        'Rampart decides whether an AI agent may do what it is about to do: every call is held against YAML ' +
          'policies, answered before it runs, and recorded in a hash chain.',
      ),
    ]),
    ...section('COMMANDS', TABLE.flatMap(command)),
    ...section('FLAGS OF EVERY COMMAND', COMMON_FLAGS.flatMap(flag)),
    ...section('ENVIRONMENT', VARIABLES.flatMap(entry)),
    ...section('FILES', FILES.flatMap(entry)),
    ...section('SEE ALSO', [text('rampart COMMAND --help; docs/ of the sources')]),
    '',
  ].join('\n')
}

function section(name: string, lines: readonly string[]): string[] {
  return [`.SH ${name.includes(' ') ? `"${name}"` : name}`, ...lines]
}

function command({ name, operands, summary, flags, example }: Command): string[] {
  const call = `rampart ${name}${operands.text && ` ${operands.text}`}`
  return [
    `.SS "${text(call)}"`,
    text(`${summary}.`),
    ...flags.flatMap(flag),
    '.PP',
    'Example:',
    '.RS',
    '.nf',
    text(example),
    '.fi',
    '.RE',
  ]
}

function flag({ name, short, value, help }: Flag): string[] {
  const head = `${short === undefined ? '' : `-${short}, `}--${name}${
    value === undefined ? '' : ` ${value}`
  }`
  return entry([head, `${help}.`])
}

function entry([head, body]: readonly [string, string]): string[] {
  return ['.TP', `.B ${text(head)}`, text(body)]
}

const unicode = (character: string) =>
  `\\[u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`

/** A line of running text: no character of it is a request, an escape or a typographic sign (groff_man(7)). */
function text(line: string): string {
  const plain = line.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq').replaceAll('`', '\\(ga').replaceAll('^', '\\(ha').replaceAll(
      '~',
      '\\(ti',
    )
    .replaceAll(/[^\x20-\x7e]/g, unicode)
  return /^[.]/.test(plain) ? `\\&${plain}` : plain
}

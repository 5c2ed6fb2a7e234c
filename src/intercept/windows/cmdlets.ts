/**
 * Cmdlets as the program that does the same, in whose words the policies speak. Names of parameters are
 * in lower case; any beginning that means one of them alone will do.
 */
export interface Cmdlet {
  /** The program, with words that always stand behind it. */
  readonly program: string
  /** Parameters without a value, and the option that they are. */
  readonly switches?: Readonly<Record<string, string>>
  /** Parameters whose value is an operand, in the order in which the program takes them. */
  readonly operands?: readonly string[]
  /** Parameters whose value stands behind an option; '>' and '>>' are redirections. */
  readonly options?: Readonly<Record<string, string>>
  /** Other parameters that take a value. */
  readonly takes?: readonly string[]
  /** What arguments without a name are, in their order; the last stands for all others, too. */
  readonly positions?: readonly string[]
  /** Operands are no files. */
  readonly plain?: true
  /** Without an operand it takes the files that come through the pipe. */
  readonly piped?: true
  /** What it prints are the files that it is told. */
  readonly lists?: true
  /** What it prints is what comes through the pipe, or part of it. */
  readonly passes?: true
}

const PATHS = ['path', 'literalpath', 'filepath', 'lp', 'pspath'] as const
const FILTERS = ['filter', 'include', 'exclude', 'credential', 'encoding', 'stream'] as const

const WEB: Cmdlet = {
  program: 'curl',
  operands: ['uri'],
  switches: {
    skipcertificatecheck: '-k',
    usebasicparsing: '',
    passthru: '',
    resume: '',
    disablekeepalive: '',
  },
  options: {
    outfile: '-o',
    method: '-X',
    custommethod: '-X',
    body: '-d',
    form: '-F',
    infile: '-T',
    headers: '-H',
    proxy: '-x',
    useragent: '-A',
  },
  takes: [
    'timeoutsec',
    'contenttype',
    'credential',
    'sessionvariable',
    'websession',
    'certificate',
    'certificatethumbprint',
    'maximumredirection',
    'maximumretrycount',
    'retryintervalsec',
    'authentication',
    'token',
    'sslprotocol',
    'transferencoding',
    'httpversion',
  ],
  positions: ['uri'],
}

/** By their names. */
export const CMDLETS: readonly (readonly [names: string, Cmdlet])[] = [
  ['remove-item ri rm del erase rd rmdir clear-recyclebin', {
    program: 'rm',
    switches: { recurse: '-r', force: '-f' },
    operands: PATHS,
    takes: FILTERS,
    positions: ['path'],
    piped: true,
  }],
  ['clear-content clc', {
    program: 'truncate -s 0',
    operands: PATHS,
    takes: FILTERS,
    positions: ['path'],
    piped: true,
  }],
  ['get-content gc cat type', {
    program: 'cat',
    operands: PATHS,
    switches: { raw: '', wait: '', asbytestream: '' },
    takes: [...FILTERS, 'totalcount', 'head', 'first', 'tail', 'last', 'delimiter', 'readcount'],
    positions: ['path'],
    piped: true,
  }],
  ['import-csv ipcsv import-clixml import-powershelldatafile get-filehash format-hex fhx', {
    program: 'cat',
    operands: PATHS,
    takes: [...FILTERS, 'delimiter', 'header', 'algorithm'],
    positions: ['path'],
    piped: true,
  }],
  ['set-content sc', {
    program: 'echo',
    switches: { force: '', nonewline: '', passthru: '' },
    operands: ['value'],
    options: { path: '>', literalpath: '>' },
    takes: FILTERS,
    positions: ['path', 'value'],
    plain: true,
  }],
  ['add-content ac', {
    program: 'echo',
    switches: { force: '', nonewline: '', passthru: '' },
    operands: ['value'],
    options: { path: '>>', literalpath: '>>' },
    takes: FILTERS,
    positions: ['path', 'value'],
    plain: true,
  }],
  ['out-file tee-object tee export-csv epcsv export-clixml start-transcript', {
    program: 'tee',
    switches: { append: '-a', force: '', noclobber: '', nonewline: '', notypeinformation: '' },
    operands: ['filepath', 'path', 'literalpath'],
    takes: ['encoding', 'width', 'inputobject', 'variable', 'delimiter', 'depth'],
    positions: ['filepath'],
  }],
  ['copy-item cpi cp copy', {
    program: 'cp',
    switches: { recurse: '-r', force: '-f', container: '' },
    operands: [...PATHS, 'destination'],
    takes: [...FILTERS, 'tosession', 'fromsession'],
    positions: ['path', 'destination'],
    piped: true,
  }],
  ['move-item mi mv move rename-item rni ren', {
    program: 'mv',
    switches: { force: '-f' },
    operands: [...PATHS, 'destination', 'newname'],
    takes: FILTERS,
    positions: ['path', 'destination'],
    piped: true,
  }],
  ['get-childitem gci ls dir get-item gi', {
    program: 'ls',
    switches: {
      recurse: '-R',
      force: '-a',
      name: '',
      directory: '',
      file: '',
      hidden: '',
      system: '',
    },
    operands: PATHS,
    takes: [...FILTERS, 'depth', 'attributes'],
    positions: ['path', 'filter'],
    lists: true,
  }],
  ['resolve-path rvpa convert-path join-path', {
    program: 'realpath',
    operands: [...PATHS, 'childpath'],
    takes: FILTERS,
    positions: ['path', 'childpath'],
  }],
  ['test-path get-acl', {
    program: 'stat',
    operands: PATHS,
    takes: [...FILTERS, 'pathtype'],
    positions: ['path'],
  }],
  ['set-acl', {
    program: 'chmod acl',
    operands: PATHS,
    takes: [...FILTERS, 'aclobject'],
    positions: ['path', 'aclobject'],
  }],
  ['select-string sls', {
    program: 'grep',
    switches: {
      casesensitive: '',
      quiet: '',
      list: '',
      simplematch: '-F',
      allmatches: '',
      notmatch: '-v',
      raw: '',
    },
    operands: ['pattern', ...PATHS],
    takes: [...FILTERS, 'context', 'inputobject', 'culture'],
    positions: ['pattern', 'path'],
    piped: true,
  }],
  ['mkdir md', {
    program: 'mkdir',
    switches: { force: '-p' },
    operands: ['path', 'name'],
    positions: ['path'],
  }],
  ['new-item ni', {
    program: 'touch',
    switches: { force: '' },
    operands: ['path', 'name'],
    takes: ['itemtype', 'type', 'value', 'target', 'credential'],
    positions: ['path'],
  }],
  ['invoke-webrequest iwr invoke-restmethod irm curl wget', WEB],
  ['start-bitstransfer', {
    program: 'curl',
    operands: ['source'],
    options: { destination: '-o' },
    takes: ['displayname', 'priority', 'transfertype', 'description', 'credential'],
    positions: ['source', 'destination'],
  }],
  ['stop-process spps kill', {
    program: 'kill',
    switches: { force: '-9', passthru: '' },
    operands: ['id', 'name', 'inputobject'],
    positions: ['id'],
    plain: true,
  }],
  ['write-output echo write write-host', {
    program: 'echo',
    switches: { nonewline: '', noenumerate: '' },
    operands: ['inputobject', 'object'],
    takes: ['foregroundcolor', 'backgroundcolor', 'separator'],
    positions: ['inputobject'],
    plain: true,
  }],
  ['get-location gl pwd', { program: 'pwd', plain: true }],
  ['get-process gps ps', { program: 'ps', plain: true }],
  ['start-sleep sleep', {
    program: 'sleep',
    operands: ['seconds', 'milliseconds'],
    positions: ['seconds'],
    plain: true,
  }],
  ['restart-computer', { program: 'reboot', plain: true }],
  ['stop-computer', { program: 'poweroff', plain: true }],
  ['expand-archive', {
    program: 'unzip',
    switches: { force: '-o' },
    operands: ['path', 'literalpath'],
    options: { destinationpath: '-d' },
    positions: ['path', 'destinationpath'],
  }],
  ['compress-archive', {
    program: 'zip',
    switches: { force: '', update: '' },
    operands: ['destinationpath', 'path', 'literalpath'],
    takes: ['compressionlevel'],
    positions: ['path', 'destinationpath'],
  }],
  ['get-unique sort-object sort select-object select where-object where ? out-string', {
    program: 'sort',
    plain: true,
    passes: true,
  }],
]

/** Parameters of every cmdlet. */
export const COMMON_SWITCHES: readonly string[] = [
  'verbose',
  'debug',
  'whatif',
  'wi',
  'confirm',
  'cf',
]
export const COMMON_VALUES: readonly string[] = [
  'erroraction',
  'ea',
  'errorvariable',
  'ev',
  'warningaction',
  'wa',
  'warningvariable',
  'informationaction',
  'informationvariable',
  'progressaction',
  'outvariable',
  'ov',
  'outbuffer',
  'ob',
  'pipelinevariable',
  'pv',
]

/**
 * Names that are programs of their own on other systems: read as such unless a parameter of three
 * letters or more says that the cmdlet is meant.
 */
export const NATIVE: ReadonlySet<string> = new Set(
  'rm rmdir cat cp mv ls curl wget kill mkdir sort tee echo pwd ps sleep'.split(' '),
)

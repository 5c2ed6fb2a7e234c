/** What a tool does by its own name: the server's claim, read word by word. */
export type Nature = 'exec' | 'destroy' | 'write' | 'fetch' | 'read'
/** What an argument stands for. */
export const ROLES = ['command', 'path', 'url'] as const
export type Role = (typeof ROLES)[number]

/** Looked up by word; made when it is first asked, for most processes of a hook never do. */
function table<T>(rows: readonly (readonly [T, string])[]): (word: string) => T | undefined {
  let made: ReadonlyMap<string, T> | undefined
  const make = () =>
    new Map(
      rows.flatMap(([value, words]) => words.split(' ').map((word) => [word, value] as const)),
    )
  return (word) => (made ??= make()).get(word)
}

/** Words that say what is done, strongest nature first. */
const natureNamed = table<Nature>([
  ['exec', 'exec execute run eval evaluate spawn shell bash powershell terminal invoke launch'],
  [
    'destroy',
    'delete remove drop destroy truncate purge wipe erase unlink rm kill uninstall revoke',
  ],
  [
    'write',
    'write create update edit move rename copy append insert replace save set put add upload modify patch ' +
    'clear reset format mkdir touch store overwrite sync push commit merge publish send post reply submit ' +
    'install enable disable start stop restart close open assign import apply migrate register trigger ' +
    'toggle configure change make generate deploy transfer pay invite approve cancel',
  ],
  ['fetch', 'fetch download browse navigate crawl scrape request visit'],
  [
    'read',
    'read get list view show search find describe query count check stat tree head tail cat lookup inspect ' +
    'display peek preview compare diff validate verify echo ping',
  ],
])
const ORDER: readonly Nature[] = ['exec', 'destroy', 'write', 'fetch', 'read']
/** Nouns as often as verbs: they count where a verb stands, at the front or behind an `and`. */
const FRONT_ONLY = new Set(
  'run invoke launch format set post reply patch request start stop open close head tail tree query count view check stat diff commit merge store copy change search find make'
    .split(' '),
)
const JOINS = new Set(['and', 'or', 'then'])

const roleNamed = table<Role>([
  ['command', 'command cmd commands cmdline commandline'],
  [
    'path',
    'path paths file files filename filenames filepath filepaths dir dirs directory directories dirname folder folders cwd',
  ],
  ['url', 'url urls uri uris href link endpoint'],
])

/** The words of a name, whichever way they are joined: `getInfo`, `get_info`, `HTTPGet`, `get-info.v2`. */
export function wordsOf(name: string): string[] {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(
    /([A-Z]+)([A-Z][a-z])/g,
    '$1 $2',
  )
  return apart.toLowerCase().split(/[^a-z]+/).filter((word) => word !== '')
}

/**
 * What the words of a tool's name say that it does, the strongest of what they say; undefined where they say
 * nothing. Words, never parts of them: `get_information` formats nothing.
 */
export function natureOf(tool: string): Nature | undefined {
  const words = wordsOf(tool)
  const said = words.flatMap((word, at) => {
    const nature = natureNamed(word)
    const isFront = at === 0 || JOINS.has(words[at - 1]!)
    return nature === undefined || !isFront && FRONT_ONLY.has(word) ? [] : [nature]
  })
  return ORDER.find((nature) => said.includes(nature))
}

/** What an argument stands for by the last word of its name. */
export function roleOf(argument: string): Role | undefined {
  const last = wordsOf(argument).at(-1)
  return last === undefined ? undefined : roleNamed(last)
}

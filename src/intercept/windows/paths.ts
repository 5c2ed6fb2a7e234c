/**
 * Windows paths in the spelling of rules: slashes, the drive as a first segment (`C:\a` is `/C:/a`),
 * dot-files in lower case, because Windows takes `.SSH` for `.ssh`.
 */
export function windowsPath(text: string): string {
  if (!/[\\:]/.test(text)) return lowered(text)
  const plain = withoutProvider(text)
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(plain)) return plain
  const slashed = plain.replaceAll('\\', '/').replace(/^\/\/[?.]\//, '')
  return lowered(slashed.replace(/^([A-Za-z]\w{0,31}:)\/*/, '/$1/'))
}

/** `Microsoft.PowerShell.Core\FileSystem::C:\a` is `C:\a`. */
function withoutProvider(text: string): string {
  const at = text.lastIndexOf('::')
  return at > 0 && /^[\w.\\]{1,100}$/.test(text.slice(0, at)) ? text.slice(at + 2) : text
}

function lowered(path: string): string {
  if (!/(?:^|\/)(?:\.|id_)[^/]*[A-Z]/i.test(path)) return path
  return path.split('/').map((part) => /^(?:\.|id_)/i.test(part) ? part.toLowerCase() : part).join(
    '/',
  )
}

/** A path as a word of a program that nobody knows; other words with backslashes are let alone. */
export function isWindowsPath(text: string): boolean {
  return /^(?:[A-Za-z]:[\\/]|[A-Za-z]:$|~\\|\.{1,2}\\|\\\\[?\w.]|\\\w)/.test(text) ||
    /^[\w.~-]+(?:\\[\w.~*-]+)+$/.test(text)
}

export function isHomely(path: string): boolean {
  return path === '~' || path.startsWith('~/')
}

/** Variables that Windows sets, as far as their values are the same everywhere. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  userprofile: '~',
  home: '~',
  homedrive: '',
  homepath: '~',
  appdata: '~\\AppData\\Roaming',
  localappdata: '~\\AppData\\Local',
  onedrive: '~\\OneDrive',
  temp: '~\\AppData\\Local\\Temp',
  tmp: '~\\AppData\\Local\\Temp',
  systemdrive: 'C:',
  systemroot: 'C:\\Windows',
  windir: 'C:\\Windows',
  comspec: 'C:\\Windows\\System32\\cmd.exe',
  programdata: 'C:\\ProgramData',
  allusersprofile: 'C:\\ProgramData',
  programfiles: 'C:\\Program Files',
  'programfiles(x86)': 'C:\\Program Files (x86)',
  public: 'C:\\Users\\Public',
}

/** The value of a variable of the environment, where it is always the same. */
export function environmentValue(name: string): string | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(ENVIRONMENT, key) ? ENVIRONMENT[key] : undefined
}

/** The name of a program without its directory and what Windows adds: `C:\x\CMD.EXE` is `cmd`. */
export function programName(text: string): string {
  const base = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1)
  return base.toLowerCase().replace(/\.(?:exe|com|cmd|bat)$/, '')
}

/** Whether a name may be PowerShell or cmd.exe; asked of every command, so the last letter goes first. */
export function isWindowsShell(text: string): boolean {
  return 'ldheLDHE'.includes(text[text.length - 1] ?? ' ') &&
    /(?:shell|pwsh|cmd)(?:\.exe)?$/i.test(text)
}

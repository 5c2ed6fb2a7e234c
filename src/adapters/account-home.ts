import { readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import process from 'node:process'

/**
 * Home directory of the account that runs this process, whatever `HOME` says (security.md F35). One
 * runtime's `userInfo` believes `HOME`, so the password file is read first; an account that only a
 * directory service knows is asked of the runtime. `/` for one that nobody knows, as in containers that run
 * under any number.
 */
export function accountHome(passwdFile = '/etc/passwd'): string {
  const uid = process.getuid?.()
  const listed = uid === undefined ? undefined : homeIn(passwdFile, uid)
  return listed ?? homeOfRuntime() ?? '/'
}

function homeOfRuntime(): string | undefined {
  try {
    return userInfo().homedir
  } catch {
    return undefined
  }
}

/**
 * The home of the account first, then the one that `HOME` says, where agents that were started as we were keep their
 * settings. It adds to what is protected and to nothing else: whoever sets `HOME` may be the one to be held.
 */
export function accountHomes(
  passwdFile?: string,
  // Which is what HOME says, where it says anything.
  said = homedir(),
): readonly [string, ...string[]] {
  const home = accountHome(passwdFile)
  if (!isAbsolute(said)) return [home]
  const other = resolve(said)
  // Beneath the root lies everything.
  return other === home || other === '/' ? [home] : [home, other]
}

function homeIn(file: string, uid: number): string | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  for (const line of text.split('\n')) {
    const fields = line.split(':')
    if (fields.length >= 7 && fields[2] === String(uid) && fields[5]?.startsWith('/')) {
      return fields[5]
    }
  }
  return undefined
}

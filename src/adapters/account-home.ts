import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
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

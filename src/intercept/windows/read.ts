import { markBound } from '../shell/bound.ts'
import type { Reading } from '../shell/read.ts'
import { freshReader, scopeOf } from '../shell/scope.ts'
import type { Place } from '../path.ts'
import { runCmd } from './cmd-run.ts'
import { lineOf } from './open.ts'
import { runPowerShell } from './ps-run.ts'

/** Shells of Windows that lines are written for. */
export type WindowsShell = 'powershell' | 'cmd'

/**
 * Read a line of PowerShell or cmd.exe as `readCommandLine` reads one of a POSIX shell: cmdlets and
 * builtins in the words of the programs that policies speak of, paths with slashes. Total and linear.
 */
export function readWindowsLine(text: string, place: Place, shell: WindowsShell): Reading {
  const reader = freshReader(text.length)
  const scope = scopeOf(place)
  const line = lineOf(reader, scope, 0, {
    assigns: [],
    targets: [],
    feed: { unresolved: '' },
    unresolved: [],
  })
  if (shell === 'powershell') runPowerShell(line, text)
  else runCmd(line, text)
  markBound(reader, scope, text)
  return { subjects: reader.subjects, complete: reader.complete && !reader.budget.bound }
}

import { execFile } from 'node:child_process'
import process from 'node:process'
import { type Argv, notifySend, osascript } from '../notify/desktop.ts'
import type { Notice } from '../notify/notice.ts'
import { DeliveryError } from './delivery-error.ts'
import { codeOf } from './safe-read.ts'

/** Show a message on the desktop that this process runs on. */
export function runDesktop(notice: Notice, signal: AbortSignal): Promise<void> {
  return runArgv(process.platform === 'darwin' ? osascript(notice) : notifySend(notice), signal)
}

/** Run a program with arguments that no shell reads. */
export function runArgv({ program, args }: Argv, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { signal, maxBuffer: 65_536 }, (error) => {
      if (error === null) return resolve()
      const isMissing = codeOf(error) === 'ENOENT'
      const why = isMissing ? 'is not installed' : 'could not show it'
      reject(new DeliveryError(`${program} ${why}`, { isFinal: true }))
    })
  })
}

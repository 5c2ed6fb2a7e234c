import process from 'node:process'
import { isatty } from 'node:tty'
import { allWritten } from '../output.ts'

/**
 * End with a code and leave the terminal as the program left it. Node and Bun put back at their exit what the
 * terminal was at their start, and with it what `stty` just set, or an editor that was killed; a program that
 * takes our place does not. Returns where no terminal is ours or nothing can take our place: exit as usual then.
 */
export async function leaveTerminal(code: number): Promise<void> {
  const { execve } = process as { execve?: typeof process.execve }
  if (execve === undefined || ![0, 1, 2].some((fd) => isatty(fd))) return
  await allWritten()
  try {
    // Node says of it that it is experimental; nobody is left to hear that.
    execve.call(process, '/bin/sh', ['sh', '-c', 'exit "$1"', 'sh', `${code}`], { PATH: '/bin' })
  } catch {
    // No /bin/sh: the settings are lost, the code is not.
  }
}

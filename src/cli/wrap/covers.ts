import process from 'node:process'
import { type Coverage, coverageOf } from '../../adapters/coverage.ts'
import { DEFAULT_PATH, findProgram } from './program.ts'

/** Whether the library covers a program that is found on this path: what `doctor` says and `wrap` warns of. */
export function coverage(program: string, path: string | undefined): Coverage {
  return coverageOf(program, {
    platform: process.platform,
    native: '/bin/sh',
    find: (name) => {
      const found = findProgram(name, path || DEFAULT_PATH)
      return 'path' in found ? found : { why: found.why, isThere: found.code === 126 }
    },
  })
}

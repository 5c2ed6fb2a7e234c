import { resolve } from 'node:path'
import { accountHome } from '../../adapters/account-home.ts'
import { selfCommand } from '../../runtime/self.ts'
import type { Invocation } from '../command.ts'
import { shShim } from '../shim/sh-text.ts'

export function run({ environment, out }: Invocation): Promise<number> {
  out.verbatim(shShim({
    command: selfCommand(),
    stateHome: resolve(environment.home),
    socket: environment.socket,
    userHome: accountHome(),
  }))
  return Promise.resolve(0)
}

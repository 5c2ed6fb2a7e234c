import { randomHex } from '../../adapters/hash.ts'
import { RampartError } from '../../errors.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { hostNamed } from '../setup/hosts.ts'
import { AT_ONCE, nonceCommand, verifyHost, whatIsKnown } from '../verify/check.ts'
import { detect, setUp } from '../verify/detect.ts'
import { verifyHttp } from '../verify/http.ts'
import { inTurn } from '../verify/in-turn.ts'
import { isFine, printVerified, verifiedJson } from '../verify/print.ts'

/** Ask the installed hooks, and the server, about calls that nobody makes: 0 nothing failed, 1 something did. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, flags, environment, out } = invocation
  if (operands.length > 0 && flags.has('all')) {
    throw new RampartError('usage', 'Name an agent, or --all')
  }
  const hosts = operands.length > 0
    ? operands.map(hostNamed)
    : flags.has('all')
    ? detect(environment).map(({ host }) => host)
    : await setUp(environment)
  const known = await whatIsKnown(invocation)
  const [verified, http] = await Promise.all([
    inTurn(hosts, AT_ONCE, (host) => verifyHost(host, invocation, known)),
    verifyHttp(invocation),
  ])
  if (out.json) out.data(verifiedJson(verified, http))
  else {
    printVerified(verified, http, out)
    if (hosts.length === 0) out.line(safe`No agent is set up: rampart protect`)
    else if (!flags.has('nonce')) {
      const nonce = randomHex(8)
      out.line(safe`To see an agent ask by itself, have it run: ${nonceCommand(nonce)}`)
      out.line(safe`  then: rampart verify ${hosts[0]!.name} --nonce ${nonce}`)
    }
  }
  return isFine(verified, http) ? 0 : 1
}

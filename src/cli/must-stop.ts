import type { MustStop } from '../service/services.ts'
import { ownCorpus } from './bench-corpus.ts'
import { paramsOf } from './dry.ts'

let cases: readonly MustStop[] | undefined

/** The calls of the built-in corpus that have to be stopped, read when they are first asked for. */
export async function mustStop(): Promise<readonly MustStop[]> {
  return cases ??= (await ownCorpus()).filter(({ stratum }) => stratum === 'must-stop').map(
    ({ id, tool, input }) => ({ id, tool, params: paramsOf(tool, input), command: input }),
  )
}

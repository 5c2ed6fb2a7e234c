import process from 'node:process'
import { briefStreams } from '../../src/cli/output.ts'

/** Writes texts of so many characters, one after the other, as a hook writes its answer. */
const { out, err } = briefStreams()
for (const [index, length] of process.argv.slice(2).entries()) {
  out(String(index).repeat(Number(length)))
}
err('done\n')

#!/usr/bin/env node
import process from 'node:process'
import { readEnvironment } from './cli/config.ts'
import { main } from './cli/main.ts'
import { isTerminal, processStreams } from './cli/output.ts'

// Until there is an answer the exit code is an error's, never that of an allow; and the process lives,
// for timers and sockets below do not keep it alive.
process.exitCode = 3
const alive = setInterval(() => {}, 1 << 30)

// Whatever we write is ours alone, unless the place that writes it says otherwise.
process.umask(0o077)

// Not awaited at top level: the executable is built as bytecode, which has no top-level await.
main(process.argv.slice(2), {
  environment: readEnvironment(),
  streams: processStreams(),
  terminal: isTerminal(),
}).then((code) => {
  clearInterval(alive)
  process.exitCode = code
})

#!/usr/bin/env node
import process from 'node:process'
import { readEnvironment } from './cli/config.ts'
import { main } from './cli/main.ts'
import { isTerminal, processStreams } from './cli/output.ts'

// Not awaited at top level: the executable is built as bytecode, which has no top-level await.
main(process.argv.slice(2), {
  environment: readEnvironment(),
  streams: processStreams(),
  terminal: isTerminal(),
}).then((code) => {
  process.exitCode = code
})

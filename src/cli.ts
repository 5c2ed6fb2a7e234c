#!/usr/bin/env node
import process from 'node:process'
import { readEnvironment } from './cli/config.ts'
import { guardHook } from './cli/hook/last-word.ts'
import { main } from './cli/main.ts'
import { closeUmask } from './cli/umask.ts'
import { briefStreams, isTerminal, processStreams, showsProgress } from './cli/output.ts'

// A single file is also what runs in its own threads (adapters/audit-verify-pool.ts).
if (process.argv[2] === 'audit-verify-worker') import('./cli/thread.ts')
else start()

function start(): void {
  // Until there is an answer the exit code is an error's, never that of an allow; and the process lives,
  // for timers and sockets below do not keep it alive.
  // What a host takes for "go on" is never the code of a hook.
  const isHook = process.argv[2] === 'hook'
  const isBrief = isHook || process.argv[2] === 'shim'
  process.exitCode = isHook ? 2 : 3
  if (isHook) guardHook(process.argv.slice(2))
  const alive = setInterval(() => {}, 1 << 30)

  // Whatever we write is ours alone, unless the place that writes it says otherwise.
  closeUmask()

  // Not awaited at top level: the executable is built as bytecode, which has no top-level await.
  main(process.argv.slice(2), {
    environment: readEnvironment(),
    ...isBrief
      ? { streams: briefStreams(), terminal: false }
      : { streams: processStreams(), terminal: isTerminal(), progress: showsProgress() },
  }).then((code) => {
    clearInterval(alive)
    process.exitCode = code
  })
}

import process from 'node:process'
import { parentPort } from 'node:worker_threads'
import { doJob, type Job } from './audit-verify-job.ts'

// Runs in a thread of its own (audit-verify-pool.ts), loaded from its file or by the program's own entry.
parentPort?.on('message', (job: Job) => {
  doJob(job).then((done) => {
    const buffers = typeof done === 'object' && 'leaves' in done
      ? [done.leaves.buffer, done.hashes.buffer]
      : []
    parentPort?.postMessage({ done }, buffers as ArrayBuffer[])
  }, (error: NodeJS.ErrnoException) => {
    parentPort?.postMessage({ failed: { message: error.message, code: error.code } })
  })
})

// A command line that says the word is no thread.
if (parentPort === null) process.exitCode = 3

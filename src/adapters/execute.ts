import process from 'node:process'
import type { ExecutedTool, Executor, Ran, Task } from '../ports.ts'
import { type FetchPlace, fetchTask } from './execute-fetch.ts'
import { type FilePlace, readTask, writeTask } from './execute-file.ts'
import { Unfit } from './execute-place.ts'
import { killAll, type ProcessPlace, runProcess } from './execute-process.ts'
import { sweep } from './execute-sweep.ts'

export interface ExecutorOptions extends ProcessPlace, FilePlace, FetchPlace {
  readonly tools: readonly ExecutedTool[]
}

type How = Parameters<Executor['run']>[1]

/**
 * Does what was allowed, on Linux: only there the kernel tells what was really opened. What a server that was
 * killed left running is ended first, and what runs ends with this process.
 */
export function createExecutor(options: ExecutorOptions): Executor {
  sweep(`${options.mark}:`, [])
  process.on('exit', killAll)
  return {
    tools: options.tools,
    async run(task, how) {
      try {
        return await runTask(task, how, options)
      } catch (error) {
        if (error instanceof Unfit) return { state: 'refused', detail: error.message, outputs: [] }
        throw error
      }
    },
  }
}

async function runTask(task: Task, how: How, options: ExecutorOptions): Promise<Ran> {
  switch (task.kind) {
    case 'exec':
      return await runProcess(task, how, options)
    case 'read':
      return await readTask(task, how.limits, options)
    case 'write':
      return await writeTask(task, options)
    case 'fetch':
      return await fetchTask(task, how, options)
    default:
      return task satisfies never
  }
}

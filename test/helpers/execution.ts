import type { Executor, Ran, Task } from '../../src/ports.ts'
import type { ExecutionAsk } from '../../src/service/execution.ts'
import { beginExecution, type Told } from '../../src/service/execution.ts'
import type { Executed } from '../../src/service/execution-answer.ts'
import type { DecideRequest, Outcome, Services } from '../../src/service/services.ts'
import { type Bench, bench, type BenchOptions } from './service.ts'

export interface FakeExecutor extends Executor {
  readonly ran: Task[]
  /** What comes of the next tasks. */
  answer: (task: Task, how: Parameters<Executor['run']>[1]) => Ran | Promise<Ran>
}

export function ranWith(stdout: string, more: Partial<Ran> = {}): Ran {
  const output = { bytes: stdout.length, sha256: 'x', truncated: false, lossy: false }
  return {
    state: 'exited',
    exitCode: 0,
    outputs: [{ name: 'stdout', text: stdout, ...output }],
    ...more,
  }
}

export function fakeExecutor(): FakeExecutor {
  const executor: FakeExecutor = {
    tools: ['exec', 'read', 'write', 'fetch'],
    ran: [],
    answer: () => ranWith('out'),
    async run(task, how) {
      executor.ran.push(task)
      return await executor.answer(task, how)
    },
  }
  return executor
}

export interface ExecutionBench extends Bench {
  readonly executor: FakeExecutor
  readonly executing: Services
  /** Decide, and execute where it may be. */
  execute(
    request: DecideRequest,
    told?: Told,
    ask?: ExecutionAsk,
  ): Promise<{ readonly outcome: Outcome; readonly done?: Executed | undefined }>
  /** Kinds and actions of the trail, in order. */
  told(): string[]
}

export function executionBench(policies: string, options: BenchOptions = {}): ExecutionBench {
  const one = bench(policies, options)
  const executor = fakeExecutor()
  const executing: Services = { ...one.services, executor }
  return {
    ...one,
    executor,
    executing,
    async execute(request, told = {}, ask = {}) {
      const { outcome, run } = await beginExecution(request, ask, executing)
      return { outcome, done: await run?.(told) }
    },
    told: () => one.trail.map(({ kind, decision }) => `${kind} ${decision.action}`),
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { executable, inHome, ownRuntime, runProgram } from './server.ts'

/** With a server none of them decides by itself: `bench/hooks.ts` starts 64 of each. */
const AT_ONCE = 16

const event = (command: string, id: string) =>
  JSON.stringify({
    session_id: 's',
    cwd: '/tmp',
    permission_mode: 'default',
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_input: { command },
    tool_use_id: id,
  })

const { command: executed } = executable()
for (const program of [ownRuntime(), ...(executed === undefined ? [] : [executed])]) {
  test(`hooks that decide by themselves at once are each right, and one chain has all of them (${program.at(-1)})`, () =>
    inHome(async (home) => {
      const hook = [...program, 'hook', '--format', 'claude-code']
      const calls = Array.from({ length: AT_ONCE }, (_, at) => ({
        command: at % 2 === 0 ? `echo ${at}` : `rm -rf / # ${at}`,
        id: `t${at}`,
      }))
      const answers = await Promise.all(
        calls.map(({ command, id }) => runProgram(hook, { home, input: event(command, id) })),
      )
      for (const [at, { code, out, err }] of answers.entries()) {
        assert.equal(code, 0, err)
        assert.equal(/"permissionDecision":"deny"/.test(out), at % 2 === 1, `${at}: ${out}${err}`)
      }
      const log = await runProgram([...program, 'log', '--json', '--n', '1000'], { home })
      for (const { id, command } of calls) {
        assert.ok(log.out.includes(`"${id}"`), command)
      }
      const verified = await runProgram([...program, 'audit', 'verify'], { home })
      assert.equal(verified.code, 0, verified.out + verified.err)
    }))
}

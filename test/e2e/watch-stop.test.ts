import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRestored, scene } from '../helpers/watch-scene.ts'
import { RUNTIME } from '../helpers/runtime.ts'
import { inTerminal, noTmux } from '../helpers/tmux.ts'
import { cleanEnv, ownRuntime } from './server.ts'

const why = noTmux()
const self = ownRuntime()

test('in a terminal: Ctrl-Z gives it back and stops, fg draws again', (t) => {
  if (why !== undefined) return t.skip(why)
  return scene(self, async ({ home, ask }) => {
    const shell = [
      'env',
      'PS1=READY> ',
      'HISTFILE=/dev/null',
      'bash',
      '--norc',
      '--noprofile',
      '-i',
    ]
    await inTerminal(shell, cleanEnv(home), async (terminal) => {
      await terminal.shows(/READY>/)
      terminal.type([...self, 'watch'])
      await terminal.shows(/live {2}enforce/)
      for (const how of ['key', 'signal'] as const) {
        if (how === 'key') terminal.press('C-z')
        else terminal.signal('SIGTSTP', 2)
        await terminal.shows(/Stopped[^]*READY>/)
        isRestored(terminal)
        terminal.type(['stty', '-a'])
        await terminal.shows(/ icanon .* echo /s)
        const waiting = ask(`deploy while ${how}`)
        // What is seen of the next stop must not be this one.
        terminal.type(['clear'])
        terminal.type(['fg'])
        await terminal.shows(new RegExp(`live {2}enforce {2}1 waiting[^]*deploy while ${how}`))
        assert.equal(terminal.ask('#{alternate_on}'), '1')
        terminal.press('j')
        await terminal.shows(/> [0-9a-f]{8} .*deploy while[^]*Deploying needs a person/)
        terminal.press('d')
        assert.equal(await waiting, 403)
        await terminal.shows(/Nothing waits for you/)
      }
      terminal.press('q')
      await terminal.shows(/READY>\s*$/)
      isRestored(terminal)
    })
  })
})

test('in a terminal without a shell that could let it go on Ctrl-Z changes nothing', (t) => {
  if (why !== undefined) return t.skip(why)
  if (RUNTIME === 'deno') return t.skip('Deno stops for good whom it once told of the signal')
  return scene(self, async ({ home }) => {
    await inTerminal([...self, 'watch'], cleanEnv(home), async (terminal) => {
      await terminal.shows(/live {2}enforce/)
      terminal.press('C-z')
      terminal.press('?')
      await terminal.shows(/approve the chosen call, once/)
      terminal.press('x', 'q')
      await terminal.shows(/EXIT 0\s+COOKED/)
      isRestored(terminal)
    })
  })
})

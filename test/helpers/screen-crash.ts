// Takes over the terminal and ends by a defect: what is left of the terminal is the test's to see.
import { openScreen } from '../../src/cli/watch/screen.ts'

const screen = openScreen(false, { onInput() {}, onPause() {}, onResize() {} })
screen.draw([[{ text: 'drawn' }]])
setTimeout(() => {
  throw new Error('a defect of the view')
}, 200)

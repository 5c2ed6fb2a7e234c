// Send every example of the description to the service and keep the answers, which the description shows:
// `node scripts/answers.ts` after a route or an example changed, then `node src/cli.ts openapi > openapi/openapi.json`.
import { writeFileSync } from 'node:fs'
import { sendExamples, shownOf } from '../test/helpers/examples.ts'

const answers: Record<string, unknown> = {}
await sendExamples((sent) => {
  const shown = shownOf(sent)
  if (shown !== undefined) answers[`${sent.route.operationId}.${sent.name}`] = shown
})
const text =
  `// Written by scripts/answers.ts.\n/** What the examples are answered with, as JSON. */\n` +
  `export const ANSWERS = ${quoted(JSON.stringify(answers, null, 1))}\n`
writeFileSync(new URL('../src/embedded/answers.ts', import.meta.url), text)

function quoted(json: string): string {
  return '`' + json.replace(/[\\`]|\$\{/g, '\\$&') + '`'
}

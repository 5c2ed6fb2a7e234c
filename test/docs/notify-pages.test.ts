import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseConfig } from '../../src/cli/config-file.ts'
import { NOTIFY_CLASSES, NOTIFY_PLATFORMS } from '../../src/engine/notify.ts'
import { NotifyEntry } from '../../src/engine/notify-schema.ts'
import { setOf } from '../helpers/service.ts'
import { blocksOf, pageText } from './page.ts'

for (const path of ['docs/notifications.md', 'docs/webhooks.md']) {
  test(`${path}: its files are loaded as they stand`, () => {
    const files = blocksOf(pageText(path)).filter(({ language }) => language === 'yaml')
    assert.ok(files.length > 0)
    for (const { text } of files) {
      if (!text.startsWith('# config.yaml')) setOf(text)
      else {assert.deepEqual(
          (parseConfig(text, 'config.yaml') as { faults?: unknown }).faults,
          undefined,
        )}
    }
  })
}

test('docs/notifications.md names each key, class and platform', () => {
  const page = pageText('docs/notifications.md')
  const names = [...Object.keys(NotifyEntry.shape), ...NOTIFY_CLASSES, ...NOTIFY_PLATFORMS]
  for (const name of names) assert.ok(page.includes(`\`${name}\``), name)
})

test('docs/webhooks.md names each key of a rule', () => {
  const page = pageText('docs/webhooks.md')
  for (const name of ['url', 'timeout', 'fail_open', 'include', 'cache', 'allow_private']) {
    assert.ok(page.includes(`| \`${name}\``), name)
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inHome, ownRuntime, startServer } from '../e2e/server.ts'
import { AXE, violations } from './axe.ts'
import { findBrowser, launch } from './browser.ts'

const { path, why } = findBrowser()

test(
  'the page of the API is read without a login: light, dark, narrow; axe finds nothing serious',
  {
    skip: why ?? false,
    timeout: 120_000,
  },
  () =>
    inHome(async (home) => {
      const server = await startServer(ownRuntime(), home)
      const browser = await launch(path!)
      try {
        const context = await browser.newContext({ locale: 'en-GB' })
        await context.addInitScript(AXE.source)
        const page = await context.newPage()
        const complaints: string[] = []
        page.on('console', (message) => void complaints.push(message.text()))
        page.on('request', (asked) => {
          if (!asked.url().startsWith(server.url)) complaints.push(asked.url())
        })
        for (const [width, scheme] of [[1280, 'light'], [1280, 'dark'], [360, 'dark']] as const) {
          await page.setViewportSize({ width, height: 800 })
          await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
          await page.goto(`${server.url}/docs#callTool`)
          assert.deepEqual(await violations(page), [], `${scheme} ${width}`)
          const wide = await page.evaluate(() => document.documentElement.scrollWidth)
          assert.ok(wide <= width, `${width}: it is ${wide} wide`)
          const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
          assert.equal(back, scheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(14, 17, 22)')
        }
        await page.setViewportSize({ width: 1280, height: 800 })
        await page.getByRole('link', { name: 'proveEvent', exact: true }).click()
        assert.equal(new URL(page.url()).hash, '#proveEvent')
        const top = await page.locator('#proveEvent').evaluate((at) =>
          at.getBoundingClientRect().top
        )
        assert.ok(top >= 0 && top < 400, `the anchor stands at ${top}`)
        assert.deepEqual(complaints, [])
      } finally {
        await browser.close()
        await server.end()
      }
    }),
)

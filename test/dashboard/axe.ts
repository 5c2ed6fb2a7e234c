import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

export const AXE = createRequire(import.meta.url)('axe-core') as { source: string }

/** What axe finds that is serious, each with some of its places. */
export async function violations(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    const axe = (globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: {
            id: string
            impact: string
            nodes: { html: string; failureSummary: string }[]
          }[]
        }>
      }
    }).axe
    const { violations } = await axe.run()
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) =>
        `${id}: ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(' | ')}`
      )
  })
}

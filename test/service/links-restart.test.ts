import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerLink, viewLink } from '../../src/service/links.ts'
import type { Services } from '../../src/service/services.ts'
import { POLICY } from '../helpers/ask.ts'
import { type Linked, linked, tokenOf } from '../helpers/links.ts'
import { bench } from '../helpers/service.ts'

const TWO = POLICY.replace('message: "Ask first"', 'message: "Ask first", approvers: 2')

/** Another process on the same state: what was kept in memory alone is gone. */
function restarted({ one, services }: Linked): Services {
  return { ...bench(TWO, { beside: one }).services, links: services.links }
}

async function form(services: Services, token: string): Promise<string | undefined> {
  const view = await viewLink(services, token)
  return view.kind === 'question' ? view.form : undefined
}

test('F19 a link that decided has decided after a restart, too; another link of the question has not', async () => {
  const before = await linked('decide', TWO)
  const [used, fresh] = [tokenOf(await before.link()), tokenOf(await before.link('mail'))]
  const first = (await form(before.services, used))!
  const told = await answerLink(before.services, used, { approved: true, form: first })
  assert.equal(told.status, 'pending')
  const services = restarted(before)
  assert.equal(await form(services, used), undefined)
  const other = (await form(services, fresh))!
  await assert.rejects(answerLink(services, used, { approved: false, form: other }), {
    code: 'approval_settled',
  })
  assert.equal(before.one.approvals.get(before.id)?.status, 'pending')
  await answerLink(services, fresh, { approved: false, form: other })
  assert.equal(before.one.approvals.get(before.id)?.status, 'denied')
})

test('an answer by a link that could not be recorded leaves the link as it was', async () => {
  const { one, services, ...rest } = await linked('decide', TWO)
  const token = tokenOf(await rest.link())
  one.fail('audit.append')
  const given = { approved: true, form: (await form(services, token))! }
  await assert.rejects(answerLink(services, token, given), { code: 'audit_unavailable' })
  one.mend()
  const again = (await form(services, token))!
  await answerLink(services, token, { approved: true, form: again })
  assert.equal(one.approvals.get(rest.id)?.answers?.length, 1)
})

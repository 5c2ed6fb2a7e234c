import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { linkToken, readLinkToken } from '../../src/service/link-token.ts'
import { answerLink, linkFor, viewLink } from '../../src/service/links.ts'
import { POLICY } from '../helpers/ask.ts'
import { type Linked, linked, tokenOf } from '../helpers/links.ts'

const CLAIM = {
  approval: 'ab'.repeat(16),
  expiresAt: 1_800_000_300_000,
  nonce: 'cd'.repeat(8),
  to: 'slack-team.2',
}

test('a token says what it was made of, to who has the key alone', async () => {
  const token = await linkToken('key', CLAIM)
  assert.deepEqual(await readLinkToken('key', token), CLAIM)
  assert.equal(await readLinkToken('other key', token), undefined)
})

test('F19 no text but the token itself is a token: one sign changed, added or left out', async () => {
  const token = await linkToken('key', CLAIM)
  const changes = fc.tuple(
    fc.nat(token.length),
    fc.constantFrom('', 'A', '.', '-', '=', '%', 'é', '\0'),
  )
  await fc.assert(fc.asyncProperty(changes, fc.boolean(), async ([at, sign], replaces) => {
    const text = token.slice(0, at) + sign + token.slice(at + (replaces ? 1 : 0))
    const read = await readLinkToken('key', text)
    assert.deepEqual(read, text === token ? CLAIM : undefined)
  }))
  await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
    assert.equal(await readLinkToken('key', text), undefined)
  }))
})

async function form(one: Linked, link: string): Promise<string> {
  const view = await viewLink(one.services, tokenOf(link))
  return view.kind === 'question' ? view.form ?? '' : ''
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'ok', (error: { code: string }) => error.code)

test('opening a link decides nothing, however often; its form decides once', async () => {
  const one = await linked()
  const link = await one.link()
  const token = tokenOf(link)
  for (let n = 0; n < 100; n++) await viewLink(one.services, token)
  assert.equal(one.one.approvals.get(one.id)!.status, 'pending')
  const first = await form(one, link)
  const second = await form(one, link)
  const approval = await answerLink(one.services, token, { approved: true, form: second })
  assert.deepEqual([approval.status, approval.resolvedBy, approval.channel, approval.scope], [
    'approved',
    'link:slack',
    'link',
    'once',
  ])
  for (const old of [first, second, 'no form']) {
    const again = answerLink(one.services, token, { approved: false, form: old })
    assert.equal(await codeOf(again), 'approval_settled')
  }
  assert.equal((await one.waiting).answer.allowed, true)
})

test('a thousand answers by one link at once: one counts', async () => {
  const one = await linked()
  const link = await one.link()
  const forms = await Promise.all(Array.from({ length: 20 }, () => form(one, link)))
  const results = await Promise.all(
    Array.from(
      { length: 1000 },
      (_, n) =>
        codeOf(
          answerLink(one.services, tokenOf(link), { approved: n % 2 === 0, form: forms[n % 20]! }),
        ),
    ),
  )
  assert.equal(results.filter((code) => code === 'ok').length, 1)
  assert.equal(one.one.trail.filter(({ kind }) => kind === 'approval').length >= 1, true)
})

test('a form is its own page’s alone, and old pages give way to new ones', async () => {
  const one = await linked()
  const [link, other] = [await one.link(), await one.link('email')]
  const mine = await form(one, link)
  const wrong = answerLink(one.services, tokenOf(other), { approved: true, form: mine })
  assert.equal(await codeOf(wrong), 'forbidden')
  const oldest = await form(one, link)
  for (let n = 0; n < 20; n++) await form(one, link)
  const stale = answerLink(one.services, tokenOf(link), { approved: true, form: oldest })
  assert.equal(await codeOf(stale), 'forbidden')
  assert.equal(one.one.approvals.get(one.id)!.status, 'pending')
})

test('a link is over with its question', async () => {
  const one = await linked()
  const link = await one.link()
  const page = await form(one, link)
  await one.one.clock.advance(300_001)
  assert.equal(await form(one, link), '')
  const late = answerLink(one.services, tokenOf(link), { approved: true, form: page })
  assert.equal(await codeOf(late), 'approval_settled')
})

test('F19 links that only show decide nothing; switched off they show nothing, and none are made', async () => {
  const view = await linked('view')
  const link = await view.link()
  assert.equal(await form(view, link), '')
  const shown = await viewLink(view.services, tokenOf(link))
  assert.equal(shown.kind, 'question')
  const answer = { approved: true, form: '0'.repeat(32) }
  assert.equal(await codeOf(answerLink(view.services, tokenOf(link), answer)), 'forbidden')
  const off = { ...view.services, links: { ...view.services.links!, mode: 'off' as const } }
  assert.deepEqual(await viewLink(off, tokenOf(link)), { kind: 'unknown' })
  assert.equal(await codeOf(answerLink(off, tokenOf(link), answer)), 'not_found')
  assert.equal(await linkFor(off, { id: view.id, expiresAt: 1 }, 'x'), undefined)
})

test('two links are one voice: where two people must say yes they are not both', async () => {
  const two = POLICY.replace('message: "Ask first"', 'message: "Ask first", approvers: 2')
  const one = await linked('decide', two)
  const [slack, mail] = [await one.link('slack'), await one.link('email')]
  const first = { approved: true, form: await form(one, slack) }
  assert.equal((await answerLink(one.services, tokenOf(slack), first)).status, 'pending')
  const second = { approved: true, form: await form(one, mail) }
  assert.equal(await codeOf(answerLink(one.services, tokenOf(mail), second)), 'forbidden')
  assert.equal(one.one.approvals.get(one.id)!.status, 'pending')
})

test('an answer that cannot be recorded leaves the link open', async () => {
  const one = await linked()
  const link = await one.link()
  one.one.fail('audit.append')
  const lost = { approved: true, form: await form(one, link) }
  assert.equal(await codeOf(answerLink(one.services, tokenOf(link), lost)), 'audit_unavailable')
  one.one.mend()
  const again = { approved: true, form: await form(one, link) }
  assert.equal(await codeOf(answerLink(one.services, tokenOf(link), again)), 'ok')
})

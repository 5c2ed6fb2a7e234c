import { type Approval, statusAt } from '../approval/approval.ts'
import { RampartError } from '../errors.ts'
import type { SeenApproval } from './api.ts'
import { resolveApproval, seen } from './approve.ts'
import { type LinkClaim, linkToken, readLinkToken } from './link-token.ts'
import type { Services } from './services.ts'

/** What links are for: deciding, looking, or nothing at all. */
export type LinkMode = 'decide' | 'view' | 'off'

/** What makes links: absent where nothing sends any. */
export interface LinkMaker {
  readonly mode: LinkMode
  /** Signs links; made with the state directory. */
  readonly key: () => string
  /** Where people reach this server, without a slash at its end; undefined before it listens. */
  readonly place: () => string | undefined
}

/** A page's forms: each decides once, and who has seen only the link has none. */
interface Forms {
  readonly open: Map<string, { readonly nonce: string; readonly until: number }>
  /** Links that are deciding, or have; the answers of a question name those for good. */
  readonly used: Set<string>
}

/** What a link shows. */
export type LinkView =
  /** No link of ours, or links are off. */
  | { readonly kind: 'unknown' }
  | {
    readonly kind: 'question'
    readonly approval: SeenApproval
    readonly to: string
    readonly expiresAt: number
    /** Present where this page may decide, once. */
    readonly form?: string | undefined
    readonly mode: LinkMode
    readonly now: number
  }

export interface LinkAnswer {
  readonly approved: boolean
  /** What the page that asks was given. */
  readonly form: string
}

const OPEN_FORMS = 1000
/** A preview that opens a link again and again takes no form from the others. */
const FORMS_OF_LINK = 20
const USED_LINKS = 10_000
/** All links are one voice: who holds two of them is no second person (semantics.md 27). */
const VOICE = 'link:*'

const memory = new WeakMap<object, Forms>()

function formsOf({ approvals }: Pick<Services, 'approvals'>): Forms {
  let forms = memory.get(approvals)
  if (forms === undefined) memory.set(approvals, forms = { open: new Map(), used: new Set() })
  return forms
}

/** The address of the page on which a question may be seen, or decided. Undefined where there are no links. */
export async function linkFor(
  services: Pick<Services, 'links'>,
  question: { readonly id: string; readonly expiresAt: number },
  to: string,
): Promise<string | undefined> {
  const { links } = services
  const place = links?.place()
  if (links === undefined || links.mode === 'off' || place === undefined) return undefined
  const { id: approval, expiresAt } = question
  const token = await linkToken(links.key(), { approval, expiresAt, nonce: randomHex(8), to })
  return `${place}/approve/${token}`
}

/** What a link shows. Opening it decides nothing, whoever opens it, and however often. */
export async function viewLink(services: Services, token: string): Promise<LinkView> {
  const claim = await claimOf(services, token)
  const row = claim && await services.approvals.get(claim.approval)
  if (claim === undefined || row === undefined) return { kind: 'unknown' }
  const { clock, links } = services
  const now = clock.now()
  const mode = links!.mode
  const isOpen = statusAt(row, now) === 'pending' && now < claim.expiresAt
  const forms = formsOf(services)
  const mayDecide = isOpen && mode === 'decide' && !isUsed(forms, claim, row)
  return {
    kind: 'question',
    approval: seen(row, services),
    to: claim.to,
    expiresAt: claim.expiresAt,
    form: mayDecide ? openForm(forms, claim, now) : undefined,
    mode,
    now,
  }
}

/**
 * Decide by a link, with the form of its page: once, for this call alone, never for others. Whoever holds the
 * link is recorded as `link:` and the destination that it was sent to.
 *
 * @throws RampartError `not_found`, `forbidden` where links only show or the form is not of this page,
 *   `approval_settled` for a link or question that is decided or over
 */
export async function answerLink(
  services: Services,
  token: string,
  { approved, form }: LinkAnswer,
): Promise<SeenApproval> {
  const claim = await claimOf(services, token)
  if (claim === undefined) throw new RampartError('not_found', 'There is no such link')
  if (services.links!.mode !== 'decide') {
    throw new RampartError('forbidden', 'Links show questions here and answer none')
  }
  const forms = formsOf(services)
  const row = await services.approvals.get(claim.approval)
  const now = services.clock.now()
  if (isUsed(forms, claim, row) || now >= claim.expiresAt) {
    throw new RampartError('approval_settled', 'The link has decided, or is over')
  }
  const known = forms.open.get(form)
  forms.open.delete(form)
  if (known?.nonce !== claim.nonce || now >= known.until) {
    throw new RampartError('forbidden', 'The page is an old one: open the link again')
  }
  const { nonce: link } = claim
  const resolution = { approved, channel: 'link', link, scope: 'once' } as const
  const caller = { principal: `link:${claim.to}`, scopes: ['approve'], agent: VOICE } as const
  // Before anything is awaited, so that of two forms of one link one decides.
  use(forms, claim)
  try {
    return await resolveApproval(services, caller, claim.approval, resolution, 'http')
  } catch (error) {
    const failed = error instanceof RampartError && error.code === 'audit_unavailable'
    if (failed) forms.used.delete(claim.nonce)
    throw error
  }
}

/** A restart forgets what is kept beside the questions; their answers stay. */
function isUsed(
  { used }: Forms,
  { nonce }: LinkClaim,
  row: Pick<Approval, 'answers'> | undefined,
): boolean {
  return used.has(nonce) || row?.answers?.some(({ link }) => link === nonce) === true
}

async function claimOf(
  { links }: Pick<Services, 'links'>,
  token: string,
): Promise<LinkClaim | undefined> {
  if (links === undefined || links.mode === 'off') return undefined
  return await readLinkToken(links.key(), token)
}

function openForm({ open }: Forms, { nonce, expiresAt }: LinkClaim, now: number): string {
  for (const [form, { until }] of open) if (now >= until) open.delete(form)
  const own = [...open].filter(([, one]) => one.nonce === nonce).map(([form]) => form)
  for (const form of own.slice(0, Math.max(0, own.length - FORMS_OF_LINK + 1))) open.delete(form)
  if (open.size >= OPEN_FORMS) open.delete(open.keys().next().value!)
  const form = randomHex(16)
  open.set(form, { nonce, until: expiresAt })
  return form
}

function use({ used, open }: Forms, { nonce }: LinkClaim): void {
  used.add(nonce)
  if (used.size > USED_LINKS) used.delete(used.values().next().value!)
  for (const [form, one] of open) if (one.nonce === nonce) open.delete(form)
}

function randomHex(count: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(count))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

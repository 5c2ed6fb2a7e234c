import { link, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../adapters/safe-read.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { places } from '../config.ts'
import { safe } from '../output.ts'
import { checkProfile } from '../policy-sources.ts'
import { adminToken, prepareState } from '../state.ts'

/** The state directory, and a first policy file that says where to write; nothing is overwritten. */
export async function run(invocation: Invocation): Promise<number> {
  const { environment: { home }, out } = invocation
  const profile = textFlag(invocation, 'profile') ?? 'standard'
  checkProfile(profile)
  const warnings = await prepareState(home)
  warnings.push(...(await adminToken(home)).warnings)
  for (const warning of warnings) out.note(safe`${warning}`)
  const file = join(places(home).policies, 'policy.yaml')
  const created = await createFile(file, starter(profile))
  if (out.json) out.data({ home, policy: file, created })
  else {
    out.line(safe`${home} is ready`)
    out.line(
      created ? safe`${file} extends the profile ${profile}` : safe`${file} was there already`,
    )
    out.line(safe`Next: rampart serve`)
  }
  return 0
}

function starter(profile: string): string {
  return `# What your agents may do. Check it with: rampart policy lint
version: "1"
default_action: allow
extends: ${profile}
policies: []
# policies:
#   - name: ask-before-publishing
#     match: {tool: exec}
#     rules:
#       - action: require_approval
#         when: {command_matches: ["npm publish*"]}
#         message: Publishing needs a person
`
}

/** Whole or not at all, and never over a file that is there. */
async function createFile(path: string, text: string): Promise<boolean> {
  const draft = `${path}.new`
  try {
    await writeFile(draft, text, { mode: 0o600 })
    await link(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw new RampartError('state_unusable', `Cannot write ${path}: ${codeOf(error)}`)
  } finally {
    await unlink(draft).catch(() => {})
  }
}

// policies/*.yaml as a module, so that the executable carries its profiles. `--check` only compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'src', 'embedded', 'policies.ts')

/**
 * The module's text. A template literal keeps the files readable in a diff.
 */
function embedded() {
  const directory = join(root, 'policies')
  const names = readdirSync(directory).filter((name) => name.endsWith('.yaml')).sort()
  const quote = (text) => '`' + text.replace(/[\\`]|\$\{/g, '\\$&') + '`'
  const rows = names.map((name) => {
    const text = readFileSync(join(directory, name), 'utf8')
    return `  ${JSON.stringify(name.slice(0, -5)).replaceAll('"', "'")}: ${quote(text)},\n`
  })
  return `// Made from policies/*.yaml by \`npm run build\` or \`node scripts/embed.mjs\`: edit those.
// deno-fmt-ignore-file
/** Built-in profiles by name; \`self-protection\` is always in force and is no profile. */
export const POLICIES: Readonly<Record<string, string>> = {
${rows.join('')}}
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const fresh = embedded()
  const now = (() => {
    try {
      return readFileSync(target, 'utf8')
    } catch {
      return ''
    }
  })()
  if (process.argv.includes('--check')) {
    if (now !== fresh) {
      process.stderr.write('src/embedded/policies.ts is stale: run node scripts/embed.mjs\n')
      process.exit(1)
    }
  } else if (now !== fresh) writeFileSync(target, fresh)
}

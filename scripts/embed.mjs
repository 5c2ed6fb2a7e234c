// policies/**/*.yaml, corpus/*.jsonl and the dashboard's script and style as modules, so that the
// executable carries them and every runtime serves the same bytes. The inline tests of policies are half of
// the text and asked for by hardly anybody: they have a module of their own.
// `--check` only compares.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Template literals keep the files readable in a diff. */
const quote = (text) => '`' + text.replace(/[\\`]|\$\{/g, '\\$&') + '`'

/** The policy files of a directory: name, text in force, and the tests that end it. */
function filesOf(directory) {
  return readdirSync(join(root, directory)).filter((name) => name.endsWith('.yaml')).sort()
    .map((name) => {
      const text = readFileSync(join(root, directory, name), 'utf8')
      const at = text.search(/^tests:/m)
      if (at >= 0 && /^[a-z_]+:/m.test(text.slice(at + 6))) {
        throw new Error(`${directory}/${name}: tests: must be its last key`)
      }
      const end = at < 0 ? text.length : at
      return { name: name.slice(0, -5), text: text.slice(0, end), tests: text.slice(end) }
    })
}

/** corpus/*.jsonl, from what must be stopped to what is ordinary. */
function strata() {
  const order = ['must-stop', 'technique', 'risky-legitimate', 'ordinary']
  return order.filter((name) => existsSync(join(root, 'corpus', `${name}.jsonl`))).map((name) => [
    name,
    readFileSync(join(root, 'corpus', `${name}.jsonl`), 'utf8'),
  ])
}

function record(rows) {
  const lines = rows.map(([name, text]) => `  ${keyOf(name)}: ${quote(text)},\n`)
  return `Readonly<Record<string, string>> = {\n${lines.join('')}}\n`
}

const keyOf = (name) => /^[a-z]+$/.test(name) ? name : `'${name}'`

const CLIENT = 'src/http/dashboard/client'

/** The client's script as one file, and its style. The bundler is the one that the lock file pins. */
function dashboard() {
  const bun = join(root, 'node_modules', '.bin', 'bun')
  const bundle = (entry) => {
    const { status, stdout, stderr, error } = spawnSync(
      bun,
      ['build', '--target=browser', '--format=iife', '--minify', join(CLIENT, entry)],
      { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 },
    )
    if (error) throw error
    if (status !== 0) throw new Error(stderr)
    return stdout
  }
  return {
    script: bundle('main.ts'),
    style: readFileSync(join(root, CLIENT, 'style.css'), 'utf8'),
  }
}

const PROTECTION = join(root, 'policies', 'self-protection.yaml')

/** Self-protection with the lists that it shares with `setup`: what that writes, no agent writes. */
async function withLists(text) {
  const { guardedDirectories, guardedFiles } = await import('../src/setup/guarded.ts')
  const lists = { files: guardedFiles(), directories: guardedDirectories() }
  return text.replace(
    /^( *)# (files|directories): made from src\/setup.*\n(?: *- .*\n)*/gm,
    (_, indent, name) =>
      `${indent}# ${name}: made from src/setup/ by scripts/embed.mjs\n` +
      lists[name].map((glob) => `${indent}- '${glob}'\n`).join(''),
  )
}

/**
 * What texts say, as the reader of policies gives it; where a rule is looked for, too, but not of patterns that
 * wait for a place to be filled in.
 */
async function parsed(files) {
  const { parsePolicy } = await import('../src/engine/load.ts')
  const { withLiterals } = await import('../src/engine/compile.ts')
  return files.map(({ name, text }) => {
    const { value, faults } = parsePolicy({ file: name, layer: 'user', text })
    if (faults) throw new Error(`${name}: ${JSON.stringify(faults)}`)
    // Those that say something else for another place are not known yet.
    const literalsAt = (rule, place) =>
      JSON.stringify(
        withLiterals(JSON.parse(JSON.stringify(rule).replaceAll(/\{\{\w+\}\}/g, place))).literals,
      )
    const kept = (rule) => {
      const literals = literalsAt(rule, 'x')
      return literals === literalsAt(rule, '/where/ever')
        ? { ...rule, literals: JSON.parse(literals) }
        : rule
    }
    const policies = value.policies?.map((policy) => ({ ...policy, rules: policy.rules.map(kept) }))
    return [name, JSON.stringify({ ...value, policies })]
  })
}

const HEAD =
  '// Made from policies/ by `npm run build` or `node scripts/embed.mjs`: edit those.\n' +
  '// deno-fmt-ignore-file\n'

async function modules() {
  const profiles = filesOf('policies')
  const packs = filesOf('policies/packs')
  const texts = (files) => record(files.map(({ name, text }) => [name, text]))
  const { script, style } = dashboard()
  const tested = [...profiles, ...packs].filter(({ tests }) => tests !== '')
  return {
    'policies.ts':
      `${HEAD}/** Built-in profiles by name; \`self-protection\` is always in force and is no profile. */
export const POLICIES: ${texts(profiles)}
/** What a policy file may extend besides a profile. */
export const PACKS: ${texts(packs)}`,
    'policies-parsed.ts':
      `${HEAD}/** What they say, as JSON, so that nobody has to read YAML for them. */
export const PARSED: ${record(await parsed([...profiles, ...packs]))}`,
    'corpus.ts':
      `${HEAD}/** Rampart's own detection corpus by stratum: JSON lines (CONTRIBUTING.md says what stands in one). */
export const CORPUS: ${record(strata())}`,
    'dashboard.ts':
      `// Made from ${CLIENT} by \`npm run build\` or \`node scripts/embed.mjs\`: edit that.
// deno-fmt-ignore-file
// deno-lint-ignore-file
/** The script of the dashboard, bundled. */
export const SCRIPT: string = ${quote(script)}
export const STYLE: string = ${quote(style)}
`,
    'policy-tests.ts':
      `${HEAD}/** The inline tests of profiles and packs, by name: YAML that follows their text. */
export const POLICY_TESTS: ${record(tested.map(({ name, tests }) => [name, tests]))}`,
  }
}

/** Every file that is made from others, and its text. Self-protection comes first, for the modules hold it. */
async function* made() {
  yield [PROTECTION, await withLists(readFileSync(PROTECTION, 'utf8'))]
  for (const [name, text] of Object.entries(await modules())) {
    yield [join(root, 'src', 'embedded', name), text]
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for await (const [target, fresh] of made()) {
    const now = existsSync(target) ? readFileSync(target, 'utf8') : ''
    if (now === fresh) continue
    if (process.argv.includes('--check')) {
      process.stderr.write(`${relative(root, target)} is stale: run node scripts/embed.mjs\n`)
      process.exit(1)
    }
    writeFileSync(target, fresh)
  }
}

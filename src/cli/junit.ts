import type { Output } from './output.ts'
import type { TestResult } from './suite-run.ts'

/** The results as JUnit XML, which build servers show test by test. */
export function reportJunit(results: readonly TestResult[], out: Output): void {
  out.verbatim(junit(results))
}

export function junit(results: readonly TestResult[]): string {
  const files = [...new Set(results.map(({ file }) => file))]
  const suites = files.map((file) => suiteOf(file, results.filter((one) => one.file === file)))
  const failed = results.filter(({ passed }) => !passed).length
  return '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites name="rampart" tests="${results.length}" failures="${failed}">\n` +
    `${suites.join('')}</testsuites>\n`
}

function suiteOf(file: string, results: readonly TestResult[]): string {
  const failed = results.filter(({ passed }) => !passed).length
  const head = `<testsuite name="${text(file)}" tests="${results.length}" failures="${failed}">`
  return `  ${head}\n${results.map(caseOf).join('')}  </testsuite>\n`
}

function caseOf({ file, name, passed, expected, got, found, message }: TestResult): string {
  const head = `<testcase classname="${text(file)}" name="${text(name)}"`
  if (passed) return `    ${head}/>\n`
  const failure = `<failure message="expected ${text(expected)}, got ${text(found ?? got)}">`
  return `    ${head}>${failure}${text(message)}</failure></testcase>\n`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

/** As text or attribute; what XML 1.0 cannot hold (section 2.2) becomes U+FFFD. */
function text(value: string): string {
  return value.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\n\r\t]/g, (char) => ENTITIES[char]!)
}

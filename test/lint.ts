/** House rules that need a syntax tree; `deno lint` loads this file. */
const LONGEST = 60

interface Context {
  readonly filename: string
  readonly sourceCode: { getText(node: unknown): string }
  report(finding: { node: unknown; message: string }): void
}

interface Plugin {
  readonly name: string
  readonly rules: Record<
    string,
    { create(context: Context): Record<string, (node: unknown) => void> }
  >
}

const plugin: Plugin = {
  name: 'rampart',
  rules: {
    'short-functions': {
      create(context) {
        function check(node: unknown): void {
          const lines = context.sourceCode.getText(node).split('\n').length
          if (lines <= LONGEST || context.filename.includes('/test/')) return
          context.report({ node, message: `Function has ${lines} lines: the limit is ${LONGEST}` })
        }
        return {
          FunctionDeclaration: check,
          FunctionExpression: check,
          ArrowFunctionExpression: check,
        }
      },
    },
  },
}

export default plugin

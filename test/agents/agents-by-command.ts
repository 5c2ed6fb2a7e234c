import { join } from 'node:path'
import { type Agent, KEY, oneOf, only, put } from './agent.ts'
import type { Call } from './model/wire.ts'

export const claude: Agent = {
  name: 'claude',
  title: 'Claude Code',
  host: 'claude-code',
  package: '@anthropic-ai/claude-code',
  version: '2.1.330',
  program: 'claude',
  asks: 'user',
  tells: true,
  env: ({ model }) => ({
    ANTHROPIC_BASE_URL: model,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_MODEL: 'claude-sonnet-4-5',
    // As root it takes "ask nobody" only where this says that nothing can be broken.
    IS_SANDBOX: '1',
    ENABLE_TOOL_SEARCH: 'false',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
  }),
  argv: (mode, prompt) => [
    '-p',
    prompt,
    '--output-format',
    'json',
    ...(mode === 'free'
      ? ['--dangerously-skip-permissions']
      : mode === 'own'
      ? []
      : ['--permission-mode', mode]),
  ],
  shell: only('Bash', (command) => ({ command, description: 'run' })),
}

/** Codex of today has one tool that takes JavaScript, in which the others are functions. */
const nested = (command: string): Call => ({
  name: 'exec',
  args: {},
  text: `text(await tools.exec_command(${JSON.stringify({ cmd: command })}));`,
})

const codexOf = (name: string, title: string, codexModel: string): Agent => ({
  name,
  title,
  host: 'codex',
  package: '@openai/codex',
  version: '0.169.0',
  program: 'codex',
  asks: 'queue',
  tells: true,
  env: () => ({ MODEL_KEY: KEY }),
  prepare: ({ home, model }) =>
    put(
      join(home, '.codex/config.toml'),
      `model = "${codexModel}"
model_provider = "local"
check_for_update_on_startup = false
[model_providers.local]
name = "local"
base_url = "${model}/v1"
wire_api = "responses"
env_key = "MODEL_KEY"
requires_openai_auth = false
supports_websockets = false
request_max_retries = 1
stream_max_retries = 1
[analytics]
enabled = false
[otel]
exporter = "none"
metrics_exporter = "none"
trace_exporter = "none"
[feedback]
enabled = false
[features]
plugins = false
apps = false
remote_plugin = false
`,
    ),
  argv: (mode, prompt) => [
    'exec',
    '--skip-git-repo-check',
    '--json',
    ...(mode === 'free'
      ? ['--dangerously-bypass-approvals-and-sandbox']
      : ['--sandbox', 'read-only']),
    prompt,
  ],
  shell: (command, tools) =>
    oneOf([{ name: 'exec_command', args: { cmd: command } }, nested(command)], tools),
})
export const codex = codexOf('codex', 'Codex', 'gpt-6.1-sol')
/** With a model whose tools are not wrapped in code. */
export const codexPlain = codexOf('codex-plain', 'Codex, no code mode', 'gpt-5.5')

export const copilot: Agent = {
  name: 'copilot',
  title: 'GitHub Copilot CLI',
  host: 'copilot',
  package: '@github/copilot',
  version: '1.0.102',
  program: 'copilot',
  asks: 'user',
  tells: true,
  env: ({ model }) => ({
    COPILOT_OFFLINE: 'true',
    COPILOT_AUTO_UPDATE: 'false',
    COPILOT_PROVIDER_BASE_URL: `${model}/v1`,
    COPILOT_PROVIDER_TYPE: 'openai',
    COPILOT_PROVIDER_API_KEY: KEY,
    COPILOT_MODEL: 'gpt-4.1',
  }),
  argv: (mode, prompt) => [
    '-p',
    prompt,
    ...(mode === 'free' ? ['--allow-all-tools', '--allow-all-paths'] : []),
    '--disable-client-telemetry',
    '--disable-builtin-mcps',
    '--no-color',
    '--output-format',
    'json',
  ],
  shell: only('bash', (command) => ({ command, description: 'run', mode: 'sync' })),
}

export const gemini: Agent = {
  name: 'gemini',
  title: 'Gemini CLI',
  host: 'gemini',
  package: '@google/gemini-cli',
  version: '0.61.0',
  program: 'gemini',
  asks: 'queue',
  tells: true,
  env: ({ model }) => ({
    GEMINI_API_KEY: KEY,
    GOOGLE_GEMINI_BASE_URL: model,
    GEMINI_CLI_NO_RELAUNCH: 'true',
    GEMINI_TELEMETRY_ENABLED: 'false',
  }),
  prepare: ({ home }) =>
    put(join(home, '.gemini/settings.json'), {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      tools: { useRipgrep: false },
    }),
  argv: (mode, prompt, { home }) => [
    ...(mode === 'free' ? ['--yolo'] : []),
    '--skip-trust',
    '--include-directories',
    home,
    '-m',
    'gemini-2.5-pro',
    '--output-format',
    'json',
    '-p',
    prompt,
  ],
  shell: only('run_shell_command', (command) => ({ command, description: 'run' })),
}

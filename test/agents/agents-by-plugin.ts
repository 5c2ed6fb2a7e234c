import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Agent, KEY, only, put } from './agent.ts'

export const cline: Agent = {
  name: 'cline',
  title: 'Cline',
  host: 'cline',
  package: 'cline',
  version: '3.0.65',
  program: 'cline',
  asks: 'queue',
  tells: false,
  env: ({ home }) => ({
    CLINE_NO_AUTO_UPDATE: '1',
    CLINE_GLOBAL_SETTINGS_PATH: join(home, '.cline/global.json'),
  }),
  prepare({ home, work, model, program, env }) {
    put(join(home, '.cline/global.json'), { telemetryOptOut: true, autoUpdateEnabled: false })
    const provider = ['-p', 'openai-compatible', '-k', KEY, '-m', 'model', '-b', `${model}/v1`]
    const { status, stderr } = spawnSync(program, ['auth', ...provider], {
      env,
      cwd: work,
      encoding: 'utf8',
      timeout: 240_000,
    })
    if (status !== 0) throw new Error(`cline auth: ${stderr}`)
  },
  argv: (mode, prompt) => [
    '-P',
    'openai-compatible',
    '-m',
    'model',
    '-k',
    KEY,
    '--json',
    '-t',
    '60',
    ...(mode === 'free' ? [] : ['--auto-approve', 'false']),
    prompt,
  ],
  shell: only('run_commands', (command) => ({ commands: [command] })),
}

export const opencode: Agent = {
  name: 'opencode',
  title: 'OpenCode',
  host: 'opencode',
  package: 'opencode-ai',
  version: '1.18.33',
  program: 'opencode',
  asks: 'queue',
  tells: true,
  env: (_, mode) => ({
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    OPENCODE_DISABLE_SHARE: '1',
    OPENCODE_PERMISSION: JSON.stringify({ bash: mode === 'free' ? 'allow' : 'ask' }),
  }),
  prepare: ({ home, model }) =>
    put(join(home, '.config/opencode/opencode.json'), {
      autoupdate: false,
      share: 'disabled',
      model: 'local/model',
      small_model: 'local/model',
      enabled_providers: ['local'],
      provider: {
        local: {
          npm: '@ai-sdk/openai-compatible',
          name: 'local',
          options: { baseURL: `${model}/v1`, apiKey: KEY },
          models: {
            model: { name: 'model', tool_call: true, limit: { context: 200_000, output: 8000 } },
          },
        },
      },
    }),
  argv: (mode, prompt) => [
    'run',
    '--format',
    'json',
    ...(mode === 'free' ? ['--auto'] : []),
    prompt,
  ],
  shell: only('bash', (command) => ({ command, description: 'run' })),
}

/**
 * Its loader alone: a run of it without a gateway loads no plugins of people, and a gateway takes minutes to
 * start on a machine that has other work.
 */
export const openclaw: Agent = {
  name: 'openclaw',
  title: 'OpenClaw',
  host: 'openclaw',
  package: 'openclaw',
  version: '2026.9.6',
  program: 'openclaw',
  asks: 'user',
  tells: true,
  inspect: ['plugins', 'inspect', 'rampart', '--runtime', '--json'],
  env: () => ({}),
  argv: () => [],
  shell: only('exec', (command) => ({ command })),
}

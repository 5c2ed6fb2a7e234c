import type { Agent } from './agent.ts'
import { claude, codex, codexPlain, copilot, gemini } from './agents-by-command.ts'
import { cline, openclaw, opencode } from './agents-by-plugin.ts'

/** The one table of what is measured, each in one version. */
export const AGENTS: readonly Agent[] = [
  claude,
  codex,
  codexPlain,
  copilot,
  gemini,
  cline,
  opencode,
  openclaw,
]

/**
 * What a host means by names of its own, beside the one table of tool names (tools.ts). A host's codec
 * alone may look here: over HTTP nobody is `internal` (security.md F18).
 */
export interface HostTools {
  /** Tools that touch nothing outside the host: lists of things to do, output readers, modes, questions. */
  readonly internal: ReadonlySet<string>
  /** Names that stand for another row of the table. */
  readonly as: ReadonlyMap<string, string>
}

const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '')

/** Taken apart when a host asks: a hook answers one. */
function tools(internal: string, as: Readonly<Record<string, string>> = {}): HostTools {
  let [inside, others]: [HostTools['internal']?, HostTools['as']?] = []
  return {
    get internal() {
      return inside ??= new Set(words(internal))
    },
    get as() {
      return others ??= new Map(
        Object.entries(as).flatMap(([to, names]) =>
          words(names).map((name) => [name, to] as const)
        ),
      )
    },
  }
}

/** By the name of the host; every name case folded. */
export const HOST_TOOLS: Readonly<Record<string, HostTools>> = {
  'claude-code': tools(
    'todowrite todoread taskcreate taskget tasklist taskupdate taskoutput taskstop bashoutput ' +
      'agentoutputtool killshell killbash enterplanmode exitplanmode askuserquestion listagents ' +
      'reportfindings toolsearch cronlist listmcpresourcestool waitformcpservers structuredoutput',
    { exec: 'monitor', read: 'lsp' },
  ),
  codex: tools(
    'update_plan wait wait_agent list_agents sleep request_user_input request_user_input_async ' +
      'get_goal create_goal update_goal tool_search list_mcp_resources list_mcp_resource_templates',
    { exec: 'write_stdin' },
  ),
  cline: tools(
    'ask_question ask_followup_question attempt_completion plan_mode_respond act_mode_respond ' +
      'focus_chain condense summarize_task team_status team_list_runs team_await_runs ' +
      'team_read_mailbox team_list_outcomes',
    {
      exec: 'run_commands',
      read: 'read_files',
      grep: 'search_codebase',
      write: 'editor new_rule',
      fetch: 'fetch_web_content fetch_web',
    },
  ),
  cursor: tools(
    'todowrite todo_write askquestion ask_question switchmode switch_mode readlints read_lints ' +
      'createplan create_plan',
    {
      exec: 'shell',
      read: 'tabread',
      grep: 'semanticsearch',
      write: 'strreplace tabwrite editnotebook applyedit',
      delete_file: 'delete',
    },
  ),
  gemini: tools(
    'update_topic list_background_processes read_background_output write_todos enter_plan_mode ' +
      'exit_plan_mode ask_user complete_task get_internal_docs tracker_create_task ' +
      'tracker_update_task tracker_get_task tracker_list_tasks tracker_add_dependency ' +
      'tracker_visualize',
  ),
  copilot: tools(
    'todowrite todo_write update_todo manage_todo_list read_bash stop_bash list_bash ' +
      'read_powershell stop_powershell list_powershell fetch_copilot_cli_documentation read_agent ' +
      'list_agents report_intent ask_user askuser get_terminal_output terminal_last_command ' +
      'get_errors tool_search',
    {
      exec: 'write_bash runinterminal terminalcommand',
      powershell: 'write_powershell',
      edit: 'editfiles edit_files multi_replace_string_in_file',
      grep: 'textsearch rg semantic_search',
    },
  ),
  antigravity: tools(
    'list_permissions ask_question ask_permission task_boundary notify_user command_status',
    { exec: 'send_command_input', grep: 'find_by_name grep_search codebase_search' },
  ),
  opencode: tools('todowrite todoread question plan_enter plan_exit invalid', {
    grep: 'list codesearch',
  }),
  // Nested calls of `tool_call` and of a script in code mode are events of their own.
  openclaw: tools(
    'tool_search tool_describe tool_call tool_search_code update_plan ' +
      'sessions_yield session_status sessions_list sessions_history agents_list get_goal ask_user',
  ),
  generic: tools(''),
}

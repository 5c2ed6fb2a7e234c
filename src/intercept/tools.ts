import { RampartError } from '../errors.ts'

/** What a tool name stands for, and how its params are read. */
export interface ToolRow {
  readonly class: 'exec' | 'read' | 'write' | 'fetch'
  /** Holds the names of files inside a text of its own. */
  readonly reads?: 'patch'
  /** May be called without naming a path or URL: a search in the working directory, a web search. */
  readonly optional?: true
  /** Its commands are written for this shell, no POSIX one. */
  readonly shell?: 'powershell' | 'cmd'
}

/** Longest tool name, in characters. */
export const NAME_LIMIT = 128

const rows = (names: string, row: ToolRow): (readonly [string, ToolRow])[] =>
  names.split(' ').map((name) => [name, row] as const)

/**
 * The one table of tool names (security.md F18), case folded. What hosts call their tools differs; what
 * they do does not. Names that stand for several things at different hosts take the most powerful.
 */
export const TOOLS: ReadonlyMap<string, ToolRow> = new Map([
  ...rows(
    'exec bash shell sh zsh terminal run_terminal_cmd run_terminal_command ' +
      'run_in_terminal run_command runcommand run_shell_command run_shell execute_command ' +
      'executecommand execute_bash execute_shell execute_shell_command shell_command exec_command ' +
      'local_shell container.exec unified_exec bash_tool shell_exec shell_execute ' +
      'beforeshellexecution terminal_execute execute_terminal_command developer__shell',
    { class: 'exec' },
  ),
  ...rows('powershell pwsh run_powershell execute_powershell run_in_powershell', {
    class: 'exec',
    shell: 'powershell',
  }),
  ...rows('cmd run_cmd execute_cmd', { class: 'exec', shell: 'cmd' }),
  ...rows(
    'read view cat read_file readfile read_text_file read_media_file file_read view_file open_file ' +
      'get_file_contents read_notebook notebookread beforereadfile read_file_content view_image',
    { class: 'read' },
  ),
  ...rows(
    'grep glob ls list_dir list_directory list_files listfiles search_files file_search ' +
      'grep_search search_file_content codebase_search list_code_definition_names directory_tree ' +
      'find_by_name glob_file_search search_files_content read_many_files',
    { class: 'read', optional: true },
  ),
  ...rows(
    'write edit multiedit multi_edit notebookedit notebook_edit write_file writefile write_to_file ' +
      'file_write create create_file createfile edit_file editfile search_replace str_replace ' +
      'replace replace_in_file str_replace_editor str_replace_based_edit_tool ' +
      'insert_edit_into_file insert_content delete_file deletefile remove_file move_file ' +
      'rename_file copy_file create_directory mkdir append_file update_file edit_notebook ' +
      'replace_file_content multi_replace_file_content replace_string_in_file undo_edit ' +
      'beforefileedit afterfileedit',
    { class: 'write' },
  ),
  ...rows('apply_patch applypatch patch apply_diff', { class: 'write', reads: 'patch' }),
  ...rows(
    'fetch webfetch web_fetch fetch_url http_request httprequest http_get curl browser_navigate ' +
      'browser_action open_url read_url_content url_fetch download read_url navigate visit_url',
    { class: 'fetch' },
  ),
  ...rows('websearch web_search google_web_search search_web browser_search', {
    class: 'fetch',
    optional: true,
  }),
])

/** Letters, digits and `_ - . : /`, beginning with a letter, a digit or `_`. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]*$/

/**
 * The name case folded.
 *
 * @throws RampartError `request_invalid` for anything but a short ASCII name, and for `internal`, which
 * only a host's own codec may claim (semantics.md 17).
 */
export function foldToolName(name: string): string {
  const fault = NAME.test(name)
    ? name.length > NAME_LIMIT ? `is longer than ${NAME_LIMIT} characters` : undefined
    : 'is not made of ASCII letters, digits and _ - . : /'
  if (fault !== undefined) throw refusal(`The tool name ${fault}`)
  const folded = name.toLowerCase()
  if (folded === 'internal') throw refusal('"internal" is no tool that can be asked for')
  return folded
}

function refusal(detail: string): RampartError {
  return new RampartError('request_invalid', detail, { errors: [{ pointer: '/tool', detail }] })
}

/** The server's and the tool's own name of an MCP tool's full name, undefined for every other. */
export function mcpName(folded: string): { server: string; tool: string } | undefined {
  const match = /^mcp__([^_](?:[^_]|_(?!_))*)__(.+)$/.exec(folded)
  return match === null ? undefined : { server: match[1]!, tool: match[2]! }
}

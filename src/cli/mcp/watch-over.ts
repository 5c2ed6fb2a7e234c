import { spawn } from 'node:child_process'

/**
 * A shell that waits for the end of its input, which comes when this process ends, however it does; then it ends
 * the group, unless it was told that all is well. `kill -9` of us leaves nothing behind.
 */
const SCRIPT = `read -r word
[ "$word" = done ] && exit 0
kill -TERM "-$1" 2>/dev/null || exit 0
for n in 1 2 3 4 5 6 7 8 9 10; do
  sleep 0.2
  kill -0 "-$1" 2>/dev/null || exit 0
done
kill -KILL "-$1" 2>/dev/null
exit 0`

/** Watch over a process group until `end`. Where there is no shell it is not watched over. */
export function watchOver(group: number): { readonly end: () => void } {
  // In a session of its own: whoever kills our group does not kill it.
  const watch = spawn('/bin/sh', ['-c', SCRIPT, 'rampart-mcp-watch', String(group)], {
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watch.on('error', () => {})
  watch.stdin!.on('error', () => {})
  watch.unref()
  return { end: () => void watch.stdin!.end('done\n') }
}

import { shellQuote } from '../../intercept/shell/quote.ts'

/** How the printed shell calls us back; all of it is fixed when it is printed. */
export interface CallBack {
  /** The executable, or a runtime and our script. */
  readonly command: readonly string[]
  readonly stateHome: string
  readonly socket: string | undefined
  readonly userHome: string
}

/**
 * A shell in POSIX sh for machines where rampart-shim cannot be built: slower, and blind to the name it was
 * called by. The environment's code (BASH_ENV, ENV, exported functions) is taken away instead of judged.
 */
export function shShim({ command, stateHome, socket, userHome }: CallBack): string {
  const places = socket === undefined ? '' : ` RAMPART_SOCKET=${shellQuote(socket)}`
  return `#!/bin/sh
# A shell that asks before it runs. Printed by "rampart shim sh"; call it bash, sh, zsh, dash or ksh, and put
# it into a directory of its own at the front of PATH.
name=\${0##*/}
real=
for place in /bin /usr/bin /usr/local/bin /opt/homebrew/bin; do
  if [ -z "$real" ] && [ -x "$place/$name" ]; then real=$place/$name; fi
done
if [ -z "$real" ]; then
  echo "rampart: blocked: there is no shell $name" >&2
  exit 127
fi

# Nothing that an agent may have set reaches Rampart.
ask() {
  /usr/bin/env -i HOME=${shellQuote(userHome)} PATH=/usr/bin:/bin LANG=C.UTF-8${places} \\
    \${RAMPART_AGENT:+RAMPART_AGENT="$RAMPART_AGENT"} \${RAMPART_SESSION:+RAMPART_SESSION="$RAMPART_SESSION"} \\
    \${RAMPART_RUN:+RAMPART_RUN="$RAMPART_RUN"} \\
    ${command.map(shellQuote).join(' ')} shim ask --home ${shellQuote(stateHome)} "$@" </dev/null
}

ask -- "$name" "$@"
code=$?
if [ "$code" -eq 100 ] && [ -t 0 ]; then
  ask --script /dev/null -- "$name" "$@"
  code=$?
elif [ "$code" -eq 100 ]; then
  # What is judged is what is run: both read the same copy.
  file=$(mktemp) || exit 126
  cat >"$file"
  exec <"$file"
  ask --script "$file" -- "$name" "$@"
  code=$?
  rm -f "$file"
fi
if [ "$code" -ne 0 ]; then exit 126; fi

set -- "$real" "$@"
for function in $(/usr/bin/env | sed -n 's/^\\(BASH_FUNC_[^=]*%%\\)=() {.*/\\1/p'); do
  set -- -u "$function" "$@"
done
exec /usr/bin/env -u BASH_ENV -u ENV "$@"
`
}

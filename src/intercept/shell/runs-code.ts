import type { CommandForms } from '../../engine/types.ts'
import { isInterpreter } from './interpreters.ts'
import { LAUNCHERS } from './launchers.ts'
import { PROGRAMS } from './programs.ts'

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/**
 * Programs that run code which stands somewhere else than in their words: a makefile, a package's
 * scripts, a container's image, another machine (security.md F17). Interpreters and launchers are known
 * from their own tables.
 */
const RUNNERS = names(
  'sh bash dash zsh ksh mksh ash fish csh tcsh busybox pwsh powershell powershell.exe cmd cmd.exe ' +
    'make gmake bmake cmake ctest ninja meson scons bazel bazelisk buck buck2 gradle gradlew mvn mvnw ant sbt ' +
    'lein rake rails just task invoke fab tox nox pytest jest vitest mocha ava npm npx pnpm pnpx yarn bun bunx ' +
    'deno node tsx pip pip3 pipx uv uvx poetry pdm hatch rye pipenv conda mamba micromamba cargo rustc rustup ' +
    'go swift dotnet msbuild composer bundle bundler gem mix cabal stack opam docker docker-compose podman ' +
    'nerdctl buildah kubectl oc helm git hg svn ssh scp sftp rsync mosh terraform tofu terragrunt pulumi ' +
    'ansible ansible-playbook vagrant packer brew apt apt-get aptitude yum dnf zypper apk pacman rpm dpkg snap ' +
    'java javac scala kotlin jupyter crontab at batch service systemctl systemd-run gh pre-commit lefthook ' +
    'husky act nix nix-shell nix-build guix gdb strace ltrace valgrind psql mysql sqlite3 wp artisan',
)

/** Options behind which code stands, whatever the program. */
const CODE_OPTION =
  /^(?:-c|-e|-E|-x|-exec|-execdir|-ok|-okdir|--?(?:eval|exec|execute|command|call|run|script|print|use-compress-program|to-command|checkpoint-action)(?:=.*)?)$/
const SYSTEM = /^\/(?:usr\/)?(?:local\/)?s?bin\//

/** Commands that change what the commands behind them mean. */
const CHANGERS = names(
  'cd pushd popd chdir export declare typeset local readonly unset alias unalias hash enable source . eval set ' +
    'shopt exec builtin trap read let getopts select mapfile readarray function bind complete umask ulimit chroot unshare ' +
    'set-location sl set-alias new-alias sal set-variable import-module invoke-expression iex',
)

/**
 * Why a command runs code that its words do not show, or undefined where they show it all. A rule for
 * such a command is bound to the whole line, its directory and its scripts.
 */
export function runsCode({ program, argv, unresolved }: CommandForms): string | undefined {
  const word = argv[0]
  if (program === undefined || word === undefined) return 'its program is not known'
  if (unresolved.length > 0) return `what it does is not known (${unresolved.join(', ')})`
  const name = program.toLowerCase()
  if (/[\\/]/.test(word) && !SYSTEM.test(word)) return `${name} is a file of code`
  const runs = RUNNERS.has(name) || LAUNCHERS.has(name) || isInterpreter(name) ||
    CHANGERS.has(name)
  if (runs) return `${name} runs code`
  const option = argv.slice(1).find((text) => CODE_OPTION.test(text))
  return option === undefined ? undefined : `code may stand behind ${option}`
}

/** Whether a command changes what others of the same line mean: a directory, a variable, an alias. */
export function changesOthers({ program, argv, assigns }: CommandForms): boolean {
  const name = (program ?? argv[0] ?? '').toLowerCase()
  return assigns.length > 0 || CHANGERS.has(name) || (name === 'printf' && argv.includes('-v'))
}

/** Programs of which two words say what they do: `aws s3 rm`. */
const TWO_VERBS = names('aws gcloud az doctl oci ibmcloud btrfs stripe')

/**
 * The words behind a program that say what it does: `stop` of `systemctl stop nginx`. None of a program
 * whose operands are known to be files or hosts.
 */
export function verbsOf({ program, argv }: CommandForms): readonly string[] {
  if (program === undefined || PROGRAMS.has(program)) return []
  const most = TWO_VERBS.has(program) ? 2 : 1
  const verbs: string[] = []
  for (const word of argv.slice(1)) {
    if (verbs.length === most || !/^[a-z][a-z0-9_-]*$/.test(word)) break
    verbs.push(word)
  }
  return verbs
}

/** What stands among a command's words as an option, each once, without the value behind a `=`. */
export function flagsOf({ argv }: CommandForms): readonly string[] {
  const end = argv.indexOf('--')
  const words = argv.slice(1, end < 0 ? undefined : end)
  const flags = words.filter((word) => word.length > 1 && /^[-+]/.test(word))
    .map((word) => word.startsWith('--') ? word.split('=', 1)[0]! : word)
  return [...new Set(flags)].sort()
}

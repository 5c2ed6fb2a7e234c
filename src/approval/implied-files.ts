import type { Call } from '../engine/types.ts'

/** Files in the working directory whose text a program runs by itself. */
const FILES: readonly (readonly [programs: string, files: string])[] = [
  ['make gmake bmake', 'GNUmakefile Makefile makefile'],
  ['npm npx pnpm pnpx yarn bun bunx', 'package.json'],
  [
    'docker docker-compose podman',
    'Dockerfile compose.yaml compose.yml docker-compose.yaml docker-compose.yml',
  ],
  ['just', 'justfile Justfile'],
  ['task', 'Taskfile.yml Taskfile.yaml'],
  ['rake rails', 'Rakefile'],
  ['bundle bundler', 'Gemfile'],
  ['cargo', 'Cargo.toml build.rs'],
  ['cmake', 'CMakeLists.txt'],
  ['gradle gradlew', 'build.gradle build.gradle.kts'],
  ['mvn mvnw', 'pom.xml'],
  ['pytest python python3 tox', 'conftest.py setup.py tox.ini pyproject.toml'],
  ['pip pip3 uv poetry pdm', 'setup.py pyproject.toml requirements.txt'],
  ['composer', 'composer.json'],
  ['deno', 'deno.json deno.jsonc'],
  ['vagrant', 'Vagrantfile'],
  ['invoke fab', 'tasks.py fabfile.py'],
  ['pre-commit', '.pre-commit-config.yaml'],
]

const BY_PROGRAM: ReadonlyMap<string, readonly string[]> = new Map(
  FILES.flatMap(([programs, files]) =>
    programs.split(' ').map((program) => [program, files.split(' ')] as const)
  ),
)

/** Every file whose text a rule for this call is bound to: its scripts, and what its programs read. */
export function codeFilesOf({ subjects, scripts = [], cwd }: Call): string[] {
  const files = new Set(scripts)
  for (const { kind, command } of subjects) {
    const named = kind === 'part' && cwd?.startsWith('/') === true
      ? BY_PROGRAM.get(command?.program ?? '') ?? []
      : []
    for (const name of named) files.add(cwd === '/' ? `/${name}` : `${cwd}/${name}`)
  }
  return [...files]
}

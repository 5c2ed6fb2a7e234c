// How an executable is made of src/cli.ts, for this system and for others.
//
// Without the two autoload flags a bunfig.toml or .env in the agent's directory would run code inside
// the executable; --bytecode makes it start in 10 ms instead of 40, and --splitting leaves in the file
// what a command does not need (bytecode alone reads all of it: 3 ms more).
export const COMPILE = [
  'build',
  '--compile',
  '--minify',
  '--bytecode',
  '--splitting',
  '--format=esm',
  '--no-compile-autoload-bunfig',
  '--no-compile-autoload-dotenv',
]

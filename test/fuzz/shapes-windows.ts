import { encodedCommand } from './encode.ts'
import { numbered, repeated, type Shape } from './make.ts'

const ofTool = (tool: string | undefined, of: Readonly<Record<string, Shape['of']>>): Shape[] =>
  Object.entries(of).map(([name, make]) => ({
    name: `${tool ?? 'windows'}: ${name}`,
    ...(tool === undefined ? {} : { tool }),
    of: make,
  }))

const FROM_SHELL = ofTool(undefined, {
  'pwsh -c': repeated('rm a;', "pwsh -c '", "'"),
  'pwsh -c each': repeated("pwsh -c 'rm a';"),
  'pwsh -enc': (size) => `pwsh -enc ${encodedCommand('rm a;'.repeat(Math.floor(size * 3 / 40)))}`,
  'pwsh -enc of pwsh -enc': (size) => {
    let line = 'rm a'
    while (line.length < size) {
      const next = `pwsh -enc ${encodedCommand(line)}`
      if (next.length > size) break
      line = next
    }
    return line
  },
  'pwsh -enc each': repeated(`pwsh -enc ${encodedCommand('rm -r -fo /a')};`),
  'cmd /c': repeated('del a&', "cmd /c '", "'"),
  'cmd /c cmd /c': repeated('cmd /c ', '', 'del a'),
  'cmd /c each': repeated("cmd /c 'del a';"),
})

const POWERSHELL = ofTool('powershell', {
  'statements': repeated('rm a;'),
  'pipes': repeated('a|', '', 'b'),
  'open (': repeated('('),
  'open $(': repeated('$('),
  'open {': repeated('{'),
  'open @{': repeated('@{'),
  'open "$(': repeated('"$('),
  'open [': repeated('['),
  'casts': repeated('[int]', '$a = ', '1'),
  'quotes': repeated("'a'", 'b '),
  'quotes doubled': repeated("''", "b '", "'"),
  'backticks': repeated('`a', 'b '),
  'adding': repeated("+'a'", "$x = 'a'", ';iex $x'),
  'doubling': repeated('$x=$x+$x;', "$x='aaaa';", 'iex $x'),
  'doubling in quotes': repeated('$x="$x$x";', "$x='aaaa';", 'iex $x'),
  '-f': repeated("'a',", "iex ('{0}{1}' -f ", "'b')"),
  '-f wide': repeated('{0}', "iex ('", "' -f 'rm a')"),
  '-replace': repeated("-replace 'a','aa'", "$x='aaaa'", ';iex $x'),
  '-join': repeated("'a',", 'iex (-join (', "'b'))"),
  'members': repeated('.a()', '$x'),
  'member calls': repeated(".Replace('a','aa')", "$x='a'", ';iex $x'),
  'lists': repeated('a,', 'rm ', 'b'),
  'lists of lists': repeated('$x=$x,$x;', "$x='a';", 'rm $x'),
  'lists used often': repeated('$x ', `$x=${"'a',".repeat(500)}'b';rm `),
  'variables': numbered((i) => `$a${i}=1;`),
  'blocks': repeated('{a}', 'icm '),
  'nested blocks': (size) => '&{'.repeat(size / 3) + 'a' + '}'.repeat(size / 3),
  'flow': repeated('if(1){a}else{b};'),
  'foreach': repeated('foreach($i in 1){rm $i};'),
  'functions': numbered((i) => `function f${i}{f${i + 1}};`),
  'aliases': numbered((i) => `sal a${i} a${i + 1};`, '', 'a0 x'),
  'comments': repeated('<##>'),
  'open comments': repeated('<#'),
  'here-strings': repeated("@'\na\n'@;"),
  'open here-strings': repeated("@'\n'@"),
  'iex': repeated("iex 'rm a';"),
  'iex iex': repeated('iex ', '', 'a'),
  'hashtable': repeated('a=1;', '$x=@{', '}'),
  'redirects': repeated('>a ', 'b '),
  'chars': repeated('[char]114+', 'iex (', '[char]109)'),
  'paths': repeated('C:\\a\\b ', 'rm '),
  '$_ pipes': repeated('|%{$_}', "'a'"),
  'FromBase64String': repeated(
    "iex ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('cm0gYQ==')));",
  ),
})

const CMD = ofTool('cmd', {
  'commands': repeated('del a&'),
  'pipes': repeated('a|', '', 'b'),
  'open (': repeated('('),
  'carets': repeated('^', 'a '),
  'quotes': repeated('"a" ', 'b '),
  'variables': repeated('%a%', 'echo '),
  'doubling': repeated('set a=%a%%a%&', 'set a=x&', 'del %a%'),
  'substitutions': repeated('%a:b=cc%', 'set a=bbbb&del '),
  'for': repeated('for %i in (a b) do del %i\n'),
  'for /f': repeated("for /f %i in ('dir') do del %i\n"),
  'if': repeated('if exist a '),
  'if ==': repeated('a', 'if ', '==b del c'),
  'rem': repeated('rem a\n'),
  'blanks': repeated(' ', 'a', 'b'),
  'paths': repeated('C:\\a\\b ', 'del '),
  'redirects': repeated('>a ', 'b '),
  'set': numbered((i) => `set a${i}=b&`),
})

export const WINDOWS_SHAPES: readonly Shape[] = [...FROM_SHELL, ...POWERSHELL, ...CMD]

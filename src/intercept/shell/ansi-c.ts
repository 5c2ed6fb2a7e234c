const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const ESCAPE =
  /\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c([^])|([^]))/g

/** What stands between the quotes of `$'…'`, as bash reads it: nothing counts behind a NUL. */
export function ansiC(body: string): string {
  const text = body.replace(
    ESCAPE,
    (
      whole,
      octal?: string,
      hex?: string,
      u?: string,
      big?: string,
      control?: string,
      c?: string,
    ) => {
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 255)
      const code = hex ?? u ?? big
      if (code !== undefined) return character(parseInt(code, 16))
      if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 31)
      return SIMPLE[c!] ?? (`\\'"?`.includes(c!) ? c! : whole)
    },
  )
  const nul = text.indexOf('\0')
  return nul < 0 ? text : text.slice(0, nul)
}

function character(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
}

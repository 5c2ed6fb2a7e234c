import type { Effect } from './effects.ts'
import type { Inner } from './launch.ts'
import { readArguments, tail } from './options.ts'
import type { Field } from './words.ts'

interface Address {
  /** In capitals; empty for a path alone. */
  readonly type: string
  /** What stands behind the type, without the options of the address. */
  readonly rest: Field
}

const TAKES = 'btTlLWrR'

/** Addresses of socat(1): `TYPE:rest,option,…`, two of them with `!!` between where each has one direction. */
function addressesOf(fields: readonly Field[]): readonly Address[] {
  const { operands } = readArguments(fields, { takes: TAKES, long: [] }, false)
  return operands.flatMap((field) => {
    const found: Address[] = []
    for (let at = 0; at <= field.text.length;) {
      const next = field.text.indexOf('!!', at)
      const end = next < 0 ? field.text.length : next
      found.push(addressOf(tail(field, at), end - at))
      at = end + 2
    }
    return found
  })
}

function addressOf(field: Field, length: number): Address {
  const text = field.text.slice(0, length)
  const [front, type] = /^([A-Za-z][\w-]*):/.exec(text) ?? ['', '']
  const comma = text.indexOf(',', front.length)
  const rest = tail(field, front.length)
  const end = (comma < 0 ? length : comma) - front.length
  return {
    type: type.toUpperCase(),
    rest: { ...rest, text: rest.text.slice(0, end), shown: rest.text.slice(0, end) },
  }
}

const FILES = /^(?:|FILE|G?OPEN|CREATE?|PIPE|FIFO|NAMED|LOCAL|UNIX.*)$/
const HOSTS =
  /^(?:TCP|UDP|UDPLITE|SCTP|DCCP|OPENSSL|SSL|OPENSSL-DTLS|DTLS)[46]?(?:-CONNECT|-CLIENT)?$/
const CODE = /^(?:EXEC|SYSTEM|SHELL)$/

/** Files, sockets and hosts that the addresses name: each is read and written. */
export function socatEffects(fields: readonly Field[]): readonly Effect[] {
  return addressesOf(fields).flatMap(({ type, rest: field }): readonly Effect[] => {
    if (HOSTS.test(type)) return [{ kind: 'url', scheme: 'tcp', field }]
    if (!FILES.test(type) || (type === '' && !field.text.includes('/'))) return []
    return (['read', 'write'] as const).map((access) => ({ kind: 'path', access, field }))
  })
}

/** The programs and lines of its addresses. */
export function openSocat(fields: readonly Field[]): readonly Inner[] {
  return addressesOf(fields).flatMap(({ type, rest: code }): readonly Inner[] =>
    CODE.test(type) && code.text !== '' ? [{ kind: 'code', code }] : []
  )
}

import type { FormatName } from './names.ts'
import { cefRecord } from './cef.ts'
import { CSV_HEAD, csvRow } from './csv.ts'
import { ocsfJson } from './ocsf.ts'
import type { Encode } from './said.ts'

/** A format that a trail is exported in. */
export interface Format {
  readonly contentType: string
  /** Of a file that holds it. */
  readonly extension: string
  /** Before the first event. */
  readonly head: string
  /** One event, with its line end. */
  readonly encode: Encode
}

/** The command line, the route, its documentation and the tests are read off it. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  jsonl: {
    contentType: 'application/x-ndjson',
    extension: 'jsonl',
    head: '',
    encode: ({ text }) => `${text}\n`,
  },
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    head: CSV_HEAD,
    encode: csvRow,
  },
  cef: {
    contentType: 'text/plain; charset=utf-8',
    extension: 'cef',
    head: '',
    encode: (line, device) => `${cefRecord(line, device)}\n`,
  },
  ocsf: {
    contentType: 'application/x-ndjson',
    extension: 'ocsf.jsonl',
    head: '',
    encode: (line, device) => `${ocsfJson(line, device)}\n`,
  },
}

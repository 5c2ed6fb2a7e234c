import type { Subject } from '../engine/types.ts'
import { pathSubject } from './file.ts'
import {
  fieldsNamed,
  missing,
  MORE_URLS,
  oneValue,
  type Params,
  textsAt,
  URL_FIELDS,
  wrong,
} from './params.ts'
import type { Place } from './path.ts'
import type { ToolRow } from './tools.ts'
import { filePath, URL_LIMIT, urlValues } from './url.ts'

/** The subjects of a tool that fetches: a part for each URL, and the read that a `file:` URL is. */
export function fetchSubjects(row: ToolRow, params: Params, place: Place): readonly Subject[] {
  const single = oneValue(params, URL_FIELDS)
  const texts = [...(single === undefined ? [] : [single]), ...fieldsNamed(params, MORE_URLS)]
    .flatMap((field) => textsAt(field, URL_LIMIT))
  if (texts.length === 0) {
    if (row.optional !== true) throw missing(URL_FIELDS)
    return [{ kind: 'part', tools: ['fetch'], label: 'web search', paths: [], urls: [] }]
  }
  const subjects: Subject[] = []
  for (const { value, pointer } of texts) {
    const subject = urlSubject('part', value)
    if (subject === undefined) throw wrong(pointer, 'is not a URL with a host')
    const part = subjects.push(subject) - 1
    const path = filePath(value)
    if (path !== undefined) subjects.push(pathSubject('effect', path, 'read', place, part))
  }
  return subjects
}

/** One URL as a subject, undefined where it cannot be read. The label never shows credentials. */
export function urlSubject(
  kind: 'part' | 'effect',
  text: string,
  of?: number,
): Subject | undefined {
  const urls = urlValues(text)
  if (urls.length === 0) return undefined
  return {
    kind,
    tools: ['fetch'],
    label: `fetch ${urls[0]!.url}`,
    paths: [],
    urls,
    ...(of === undefined ? {} : { of }),
  }
}

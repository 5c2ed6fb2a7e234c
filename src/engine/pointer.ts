/** Longest pointer that is sent back: keys are the caller's and may be as long as the body. */
const LONGEST = 512

/** RFC 6901. */
export function pointerTo(path: readonly PropertyKey[]): string {
  const pointer = path.map((key) =>
    `/${String(key).slice(0, LONGEST).replaceAll('~', '~0').replaceAll('/', '~1')}`
  ).join('')
  return pointer.slice(0, LONGEST).toWellFormed()
}

/** `note`: how things are, with nothing to be mended. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'note' | 'warn' | 'bad'
  readonly detail: string
  readonly fix?: string
}

export const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail })

export const finding = (
  name: string,
  status: 'note' | 'warn' | 'bad',
  detail: string,
  fix?: string,
): Finding => ({ name, status, detail, ...(fix === undefined ? {} : { fix }) })

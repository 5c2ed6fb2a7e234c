/** Formats of an export. Apart from what makes them, so that a command line needs no more to be read. */
export const FORMAT_NAMES = ['jsonl', 'csv', 'cef', 'ocsf'] as const
export type FormatName = (typeof FORMAT_NAMES)[number]

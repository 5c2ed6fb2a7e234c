import type { Shape } from './make.ts'
import { FLOWING } from './shapes-flow.ts'
import { CODE, DECODING, LAUNCHING } from './shapes-run.ts'
import { COMPOUNDS, LISTS, NESTING } from './shapes-syntax.ts'
import { WINDOWS_SHAPES } from './shapes-windows.ts'
import { VARIABLES, WORDS } from './shapes-words.ts'

export type { Shape } from './make.ts'

export const SHAPES: readonly Shape[] = [
  ...NESTING,
  ...COMPOUNDS,
  ...LISTS,
  ...WORDS,
  ...VARIABLES,
  ...LAUNCHING,
  ...CODE,
  ...FLOWING,
  ...DECODING,
  ...WINDOWS_SHAPES,
]

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Call, Declared } from './model/wire.ts'

/** Where an agent runs. */
export interface Place {
  readonly home: string
  readonly work: string
  readonly model: string
  readonly program: string
  readonly env: Readonly<Record<string, string>>
}

/** `free`: it is told to ask nobody. `own`: as its people start it, with whatever it asks of them. */
export type Mode = 'free' | 'own' | (typeof OWN_MODES)[number]

/** What Claude Code calls further ways to be asked less. */
export const OWN_MODES = ['acceptEdits', 'plan', 'dontAsk', 'auto'] as const

/** A real agent: what it is called in its registry, and how it is started so that it talks to our model. */
export interface Agent {
  readonly name: string
  readonly title: string
  /** As `rampart setup` calls it. */
  readonly host: string
  readonly package: string
  readonly version: string
  readonly program: string
  /** Who is asked where a policy says so: its own user, or a person by Rampart. */
  readonly asks: 'user' | 'queue'
  /** Its model learns why a call was denied. */
  readonly tells: boolean
  /** What prints as JSON whether its loader took our plugin in; then nothing more is measured of it. */
  readonly inspect?: readonly string[]
  readonly env: (place: Pick<Place, 'home' | 'model'>, mode: Mode) => Record<string, string>
  readonly prepare?: (place: Place) => void
  readonly argv: (mode: Mode, prompt: string, place: Place) => readonly string[]
  /** A command in its shell, by the tools that it declares. */
  readonly shell: (command: string, tools: readonly Declared[]) => Call | undefined
}

/** The first of several calls whose tool is declared. */
export const oneOf = (calls: readonly Call[], tools: readonly Declared[]): Call | undefined =>
  calls.find(({ name }) => tools.some((tool) => tool.name === name))

export const only =
  (name: string, args: (command: string) => Call['args']): Agent['shell'] => (command, tools) =>
    oneOf([{ name, args: args(command) }], tools)

export function put(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value, null, 2))
}

export const KEY = 'no-key-at-all'

import { dirname, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { isMap, isNode, isScalar } from 'yaml'
import { z } from 'zod'
import { readSmall } from '../adapters/safe-read.ts'
import { formatFault } from '../engine/fault.ts'
import { parseYaml } from '../engine/parse.ts'
import type { Fault } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type { FileSettings } from './config.ts'
import { notifyList } from './notify-settings.ts'
import { type SettingKey, SETTINGS, type SettingValues } from './settings.ts'
import { withFilesFrom } from './sink-settings.ts'
import { suggest } from './suggest.ts'

const CONFIG_BYTES = 1 << 16

/** Settings by the key that they stand under in the file: `audit.keep` stands in the map `audit`. */
const [FLAT, MAPS] = shapeOf()

/** Limits of open questions that lie within another one. */
const WITHIN = [
  ['per_agent', 'per_principal'],
  ['per_principal', 'open'],
  ['reserve', 'open'],
] as const

/** config.yaml, built from the table of settings: a key that is no setting is a fault. */
const ConfigFile = z.strictObject({
  ...FLAT,
  ...Object.fromEntries(
    Object.entries(MAPS).map(([name, shape]) => [name, z.strictObject(shape).optional()]),
  ),
}).superRefine(({ approvals }, context) => {
  const given = (approvals ?? {}) as Record<string, number>
  const of = (name: string) =>
    given[name] ?? Number(SETTINGS[`approvals.${name}` as SettingKey].fallback)
  for (const [key, most] of WITHIN) {
    if (of(key) <= of(most)) continue
    const path = ['approvals', Object.hasOwn(given, key) ? key : most]
    const message = `approvals.${key} (${of(key)}) is more than approvals.${most} (${of(most)})`
    context.addIssue({ code: 'custom', path, message })
  }
})

type Shape = Record<string, z.ZodType>

function shapeOf(): readonly [flat: Shape, maps: Readonly<Record<string, Shape>>] {
  const flat: Shape = {}
  const maps: Record<string, Shape> = {}
  for (const [key, { read }] of Object.entries(SETTINGS)) {
    const [map, name] = key.split('.')
    if (name === undefined) flat[key] = readWith(key === 'notify' ? notifyList : read)
    else (maps[map!] ??= {})[name] = readWith(read)
  }
  return [flat, maps]
}

function readWith(read: (value: unknown) => unknown): z.ZodType {
  return z.unknown().transform((value, context) => {
    try {
      return read(value)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message })
      return z.NEVER
    }
  }).optional()
}

/** Every fault of a config file, or what it sets. An empty file sets nothing. */
export function parseConfig(
  text: string,
  file: string,
): { readonly settings: FileSettings } | { readonly faults: readonly Fault[] } {
  // Comments alone are a file that sets nothing, not a broken one.
  if (/^\s*(#[^\n]*\s*)*$/.test(text)) return { settings: { values: {}, lines: {} } }
  const parsed = parseYaml<Record<string, unknown>>(text, file, ConfigFile)
  if ('faults' in parsed) return { faults: parsed.faults.map(withSuggestion) }
  return { settings: { values: withPlaces(parsed.value, file), lines: linesOf(text) } }
}

/** Paths in the file are meant from its own directory, wherever the server is started. */
function withPlaces(
  values: Readonly<Record<string, unknown>>,
  file: string,
): FileSettings['values'] {
  const placed: Record<string, unknown> = flattened(values)
  for (const key of ['policy', 'audit_dir', 'socket', 'store_password_file'] as const) {
    const value = placed[key]
    if (typeof value === 'string' && !(key === 'socket' && value === 'none')) {
      placed[key] = resolve(dirname(file), value)
    }
  }
  const keys = placed['bundle.keys'] as SettingValues['bundle.keys'] | undefined
  if (keys) {
    placed['bundle.keys'] = keys.map((key) => ({ ...key, file: resolve(dirname(file), key.file) }))
  }
  const sinks = placed['sinks'] as SettingValues['sinks'] | undefined
  if (sinks) placed['sinks'] = sinks.map((spec) => withFilesFrom(dirname(file), spec))
  const notify = placed['notify'] as SettingValues['notify'] | undefined
  if (notify) placed['notify'] = notify.map((spec) => ({ ...spec, file: resolve(file) }))
  return placed
}

/** `audit.keep` for what stands in the map `audit`. */
function flattened(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      Object.hasOwn(MAPS, key)
        ? Object.entries(value ?? {}).map(([name, one]) => [`${key}.${name}`, one] as const)
        : [[key, value] as const]
    ),
  )
}

/** The engine suggests keys of policy files; here the keys are other ones. */
function withSuggestion(fault: Fault): Fault {
  const key = /^unknown key "([^"]*)"/.exec(fault.message)?.[1]
  if (key === undefined) return fault
  const meant = suggest(key, Object.keys(SETTINGS).flatMap((name) => name.split('.')))
  const hint = meant === undefined ? '' : `: did you mean "${meant}"?`
  return { ...fault, message: `unknown key "${key}"${hint}` }
}

function linesOf(text: string): FileSettings['lines'] {
  const lines = new LineCounter()
  const { contents } = parseDocument(text, { lineCounter: lines })
  const found: Partial<Record<SettingKey, number>> = {}
  function note(map: unknown, prefix: string): void {
    for (const { key, value } of isMap(map) ? map.items : []) {
      if (!isNode(key) || !isScalar(key) || !key.range) continue
      const name = prefix + String(key.value)
      if (Object.hasOwn(MAPS, name)) note(value, `${name}.`)
      else found[name as SettingKey] = lines.linePos(key.range[0]).line
    }
  }
  note(contents, '')
  return found
}

/** The settings of a file, or `config_invalid` with every fault. */
export async function readConfigFile(path: string): Promise<FileSettings> {
  const read = await readSmall(path, { limit: CONFIG_BYTES, followLinks: true })
  if (read.text === undefined) {
    throw new RampartError('config_invalid', `Cannot read ${path}: ${read.detail}`)
  }
  const result = parseConfig(read.text, path)
  if ('settings' in result) return result.settings
  const faults = result.faults.map(formatFault).join('\n')
  throw new RampartError('config_invalid', `Cannot use ${path}:\n${faults}`)
}

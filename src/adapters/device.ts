import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Device } from '../audit/format/said.ts'
import { readSmall } from './safe-read.ts'

/** This installation, by the name that its trail has in checkpoints (`keys/origin`) where it has one yet. */
export async function deviceOf(keys: string, version: string): Promise<Device> {
  const origin = await readSmall(join(keys, 'origin'), { limit: 1024, followLinks: false })
  return { host: hostname() || 'localhost', id: origin.text?.trim() || hostname(), version }
}

import { RampartError } from '../../errors.ts'

/** The shim for machines without a C compiler, where there is one. */
export function writeShim(_dir: string, why: string): Promise<string> {
  throw new RampartError('unavailable', why)
}

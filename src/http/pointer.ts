import { RampartError } from '../errors.ts'
import type { PointerFault } from '../errors.ts'

export function invalid(detail: string, errors: readonly PointerFault[] = []): RampartError {
  return new RampartError('request_invalid', detail, { errors })
}

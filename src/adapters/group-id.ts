import { readFileSync } from 'node:fs'

/**
 * The number of a group, by its name in `/etc/group` or as it is. Undefined where no such name stands there:
 * groups of a directory service are named by number.
 */
export function groupId(name: string, file = '/etc/group'): number | undefined {
  if (/^\d{1,9}$/.test(name)) return Number(name)
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [group, , gid] = line.split(':')
    if (group === name && /^\d{1,9}$/.test(gid ?? '')) return Number(gid)
  }
  return undefined
}

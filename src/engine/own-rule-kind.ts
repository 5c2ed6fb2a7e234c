/** Which fields a rule of the person's may have, by the tool it is about. */
export function kindOf(tool: string): 'exec' | 'path' | 'fetch' | 'other' {
  if (tool === 'exec' || tool === 'fetch') return tool
  return ['read', 'write', 'delete'].includes(tool) ? 'path' : 'other'
}

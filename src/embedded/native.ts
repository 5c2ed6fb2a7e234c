/**
 * Paths of the native files inside this program, by name. None here: `npm run build` puts a module with
 * files in the place of this one (scripts/native.mjs; `imports` of package.json).
 */
export const NATIVE: Readonly<Record<string, string>> = {}

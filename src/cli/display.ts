/** One way to show text that an agent chose, for every channel (security.md F13). */
export * from '../audit/display.ts'

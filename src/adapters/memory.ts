/** Every port on memory: for tests, for embedding, and where no file system is to be had. */
export * from './memory-audit.ts'
export * from './memory-grants.ts'
export * from './memory-reader.ts'
export * from './memory-stores.ts'
export * from './memory-world.ts'
export * from './memory-approvals.ts'

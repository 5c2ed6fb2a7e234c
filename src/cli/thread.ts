// What the program runs in its own threads.
import '../adapters/audit-verify-worker.ts'

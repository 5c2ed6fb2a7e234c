import { type Line, LineReader } from '../../mcp/lines.ts'

export type Take = (line: Line) => Promise<void>

/** A server, however it is reached. */
export interface Upstream {
  /** Hand on all that it says, one after the other. Resolves when it says no more. */
  read(take: Take): Promise<void>
  write(text: string): Promise<void>
  /** It gets no more input. */
  endInput(): void
  kill(signal: NodeJS.Signals): void
  /** Its code, 128+n for a signal; 0 where it is no process of ours. */
  readonly ended: Promise<number>
}

/** Hand on the lines of a stream; the next piece is read when there is room. */
export async function readLines(stream: AsyncIterable<Uint8Array>, take: Take): Promise<void> {
  const reader = new LineReader()
  try {
    for await (const piece of stream) {
      for (const line of reader.read(piece)) await take(line)
    }
  } catch {
    // A stream that breaks off ends; what it said before has been heard.
  }
  for (const line of reader.end()) await take(line)
}

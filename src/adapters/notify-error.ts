/** Why a message is not known to have arrived, in words that may be shown: no URL and no secret. */
export class SendError extends Error {
  /** Sending it again changes nothing. */
  readonly isFinal: boolean
  /** When the receiver wants to be asked again. */
  readonly retryAfterMs: number | undefined

  constructor(
    message: string,
    options: { readonly isFinal?: boolean; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message)
    this.isFinal = options.isFinal ?? false
    this.retryAfterMs = options.retryAfterMs
  }
}

interface About {
  /** Sending it again changes nothing. */
  readonly isFinal?: boolean | undefined
  /** It is more than the receiver takes at once. */
  readonly isTooLarge?: boolean | undefined
  /** When the receiver wants to be asked again. */
  readonly retryAfterMs?: number | undefined
}

/** Why nothing is known to have arrived, in words that may be shown: no URL and no secret. */
export class DeliveryError extends Error {
  readonly isFinal: boolean
  readonly isTooLarge: boolean
  readonly retryAfterMs: number | undefined

  constructor(message: string, { isFinal = false, isTooLarge = false, retryAfterMs }: About = {}) {
    super(message)
    this.isFinal = isFinal
    this.isTooLarge = isTooLarge
    this.retryAfterMs = retryAfterMs
  }
}

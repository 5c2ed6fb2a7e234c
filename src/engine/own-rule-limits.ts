/** Longest text of a rule of the person's: what is longer nobody could check. */
export const OWN_TEXT_LIMIT = 16_384
/** Most rules of one file. */
export const OWN_RULES_LIMIT = 10_000

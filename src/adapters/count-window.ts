/** How long an enforced call is remembered; a longer window cannot be counted. */
export const COUNT_KEPT_MS = 366 * 86_400_000

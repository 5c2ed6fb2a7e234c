const { charCodeAt } = String.prototype

/**
 * `text.charCodeAt(at)`, the method looked up once. Texts come in half a dozen representations (slices,
 * joined, flat, …), and where an engine has met many of them it searches each text for the method at
 * every character, which takes three times as long as all else that a scan does. The position must lie
 * in the text: asked once beyond an end, V8 gives up reading characters in line for every caller.
 */
export function codeAt(text: string, at: number): number {
  return charCodeAt.call(text, at)
}

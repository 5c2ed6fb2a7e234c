/** Why a bundle is not taken, in words for a person. Nothing else is thrown on purpose in this room. */
export class Refused extends Error {
  override readonly name = 'Refused'
}

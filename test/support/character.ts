import fc from 'fast-check';

const [firstSurrogate, surrogates, last] = [0xd800, 0x800, 0x10ffff];

/**
 * Any character, as a unit of `fc.string`: what its own 'binary' generates from the same seed. That one lists all 1.1 million of
 * them once per suite, which takes a second.
 */
export const character = fc.nat({ max: last - surrogates }).map(
  (index) => String.fromCodePoint(index < firstSurrogate ? index : index + surrogates),
  (text): number => {
    const code = typeof text === 'string' ? (text.codePointAt(0) ?? -1) : -1;
    if (code < 0 || text !== String.fromCodePoint(code) || (code >= firstSurrogate && code < 0xe000))
      throw new Error('not one character');
    return code < firstSurrogate ? code : code - surrogates;
  },
);

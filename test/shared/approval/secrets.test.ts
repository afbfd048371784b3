import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { antiForgery, fingerprint, newHandle, sameSecret } from '../../../shared/approval/secrets.ts';
import { character } from '../../support/character.ts';

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const handles = bytes.map((random) => newHandle(() => random));
const text = fc.string({ maxLength: 60, unit: character });
const ascii = fc.string({ maxLength: 60 });
const ids = fc.tuple(ascii, fc.nat(), fc.nat()).map((parts) => parts.join('-'));

/** Every way to get a secret nearly right. */
const nearly = (secret: fc.Arbitrary<string>) =>
  fc
    .tuple(secret, fc.nat(), text, fc.constantFrom('alter', 'cut', 'grow', 'case', 'other'))
    .map(([whole, number, other, way]): [string, string] => {
      const at = number % (whole.length + 1);
      if (way === 'alter') return [whole, whole.slice(0, at) + other + whole.slice(at + 1)];
      if (way === 'cut') return [whole, whole.slice(0, at)];
      if (way === 'grow') return [whole, whole + other];
      return [whole, way === 'case' ? whole.toUpperCase() : other];
    })
    .filter(([whole, guess]) => whole !== guess);

describe('a handle', () => {
  it('is 256 random bits, all of which can be read back', () => {
    const asked: number[] = [];
    newHandle((count) => {
      asked.push(count);
      return new Uint8Array(count);
    });

    expect(asked).toEqual([32]);
    fc.assert(
      fc.property(bytes, (random) => {
        const handle = newHandle(() => random);
        expect(handle).toMatch(/^[\w-]{43}$/);
        expect(Buffer.from(handle, 'base64url')).toEqual(Buffer.from(random));
      }),
    );
  });

  it('is stored as its SHA-256 only', () => {
    expect(fingerprint('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    fc.assert(fc.property(nearly(handles), ([handle, guess]) => fingerprint(handle) !== fingerprint(guess)));
  });
});

describe('the anti-forgery value of a page', () => {
  it('goes into a form field as it is, and is the same for the same page', () => {
    fc.assert(
      fc.property(handles, ids, (handle, id) => {
        expect(antiForgery(handle, id)).toMatch(/^[\w-]{43}$/);
        expect(antiForgery(handle, id)).toBe(antiForgery(handle, id));
      }),
    );
  });

  it('is worth nothing for another link', () => {
    fc.assert(
      fc.property(
        nearly(handles),
        ids,
        ([handle, guess], id) => antiForgery(handle, id) !== antiForgery(guess, id),
      ),
    );
  });

  it('is worth nothing for another request', () => {
    fc.assert(
      fc.property(
        handles,
        nearly(ids),
        (handle, [id, guess]) => antiForgery(handle, id) !== antiForgery(handle, guess),
      ),
    );
  });
});

describe('comparing secrets', () => {
  it('accepts the secret itself', () => {
    fc.assert(fc.property(text, (secret) => sameSecret(secret, `${secret}`)));
  });

  it('refuses what is altered, cut off, longer, in other case or something else', () => {
    fc.assert(fc.property(nearly(fc.oneof(ascii, handles)), ([secret, guess]) => !sameSecret(secret, guess)));
  });
});

/** A version 4 UUID from the given source of randomness (0 up to 1), so that a seed fixes it. */
export function uuid(random: () => number): string {
  const digit = (): string => Math.floor(random() * 16).toString(16);
  const variant = '89ab'[Math.floor(random() * 4)] ?? '8';
  return 'xxxxxxxx-xxxx-4xxx-Vxxx-xxxxxxxxxxxx'.replace(/[xV]/g, (mark) =>
    mark === 'V' ? variant : digit(),
  );
}

/** Random bytes from the given source, for opaque strings. */
export function randomBytes(length: number, random: () => number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

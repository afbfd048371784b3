import * as z from 'zod';
import { secretName } from '../settings.ts';
import { place, tls } from './place.ts';

/** Without the characters that a pattern of Redis or a shell would take for more than themselves. */
const prefix = z
  .string()
  .regex(
    /^[\w:.,/@#+{}-]{1,100}$/,
    'must be the start of a key: letters, digits and any of _ : . , / @ # + { } -',
  );

/** A service's Redis or Valkey: how it is read, and what in it may be given up first. */
export const Cache = z.strictObject({
  ...place,
  /** Required unless the file says none. */
  tls: tls.optional(),
  /** An SSM parameter that holds USER:PASSWORD, or the password of the user `default`; absent where none is asked for. */
  secret: secretName.optional(),
  /** Keys that begin so can be made again, and may be removed before anything else. */
  prefixes: z.array(prefix).min(1).max(20).optional(),
});

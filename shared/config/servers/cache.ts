import * as z from 'zod';
import { secretName } from '../settings.ts';
import { place, tls, unusedName } from './place.ts';

/** Without the characters that a pattern of Redis or a shell would take for more than themselves. */
const prefix = z
  .string()
  .regex(
    /^[\w:.,/@#+{}-]{1,100}$/,
    'must be the start of a key: letters, digits and any of _ : . , / @ # + { } -',
  );

/** A service's Redis or Valkey: how it is read, and what in it may be given up first. */
export const Cache = z
  .strictObject({
    ...place,
    /** Required unless the file says none. */
    tls: tls.optional(),
    /** An SSM parameter that holds USER:PASSWORD, or the password of the user `default`; absent where none is asked for. */
    secret: secretName.optional(),
    /** Keys that begin so can be made again, and may be removed before anything else. */
    prefixes: z
      .array(prefix)
      .min(1, 'must name at least one: leave it out where there is none')
      .max(20)
      .refine((all) => new Set(all).size === all.length, 'must name each once')
      .optional(),
  })
  .superRefine((cache, context) => {
    for (const fault of unusedName(cache)) context.addIssue({ code: 'custom', ...fault });
  });

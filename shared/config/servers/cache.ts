import * as z from 'zod';
import { count } from '../numbers.ts';
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
    /**
     * The same of a user that may set the policy, remove keys and flush. With it `redis-emergency` does so itself, each time
     * after an approval; without it people are told what to type.
     */
    reliefSecret: secretName.optional(),
    /**
     * At most so many sessions of PostgreSQL may be active while a further batch of keys is removed. Without it nothing that
     * sends reads to the database is done by a run: neither a removal of keys nor a flush.
     */
    mostActiveSessions: count.optional(),
    /** Keys that begin so can be made again, and may be removed before anything else. */
    prefixes: z
      .array(prefix)
      .min(1, 'must name at least one: leave it out where there is none')
      .max(20)
      .refine((all) => new Set(all).size === all.length, 'must name each once')
      .optional(),
  })
  .superRefine((cache, context) => {
    const { mostActiveSessions, reliefSecret } = cache;
    const faults = [
      ...unusedName(cache),
      ...(mostActiveSessions !== undefined && reliefSecret === undefined
        ? [{ path: ['reliefSecret'], message: 'must be given, because mostActiveSessions is' }]
        : []),
    ];
    for (const fault of faults) context.addIssue({ code: 'custom', ...fault });
  });

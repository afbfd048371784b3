import type { Reading } from '../core/reading.ts';
import { unknownBy } from '../core/unknown.ts';
import type { Resources } from '../lambda/context.ts';

/** The value of a secret, or why it is unknown; the value is in no message. */
export async function readSecret(name: string, secrets: Resources['secrets']): Promise<Reading<string>> {
  try {
    return { value: await secrets.read(name) };
  } catch (error) {
    const unknown = unknownBy(error);
    // AWS says of a parameter that is not there only that it is none.
    return {
      unknown: unknown.cause === 'missing' ? { ...unknown, message: `the SSM parameter ${name}` } : unknown,
    };
  }
}

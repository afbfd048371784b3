import type { Reading } from '../../core/reading.ts';
import type { Trial } from '../trials.ts';

/** Whether a server lets this function in, and answers what it will ask. */
export const answers = (on: string, read: () => Promise<Reading<unknown> | undefined>): Trial => ({
  check: 'address',
  on,
  async try() {
    const reading = await read();
    return reading && 'unknown' in reading ? { unknown: reading.unknown } : undefined;
  },
});

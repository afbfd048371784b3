import type { RecordStore, WriteOptions } from '../../shared/record-store.ts';
import type { Channel, ChaosFault } from './incident.ts';
import { met, type Reach } from './reach.ts';
import type { Invocation } from './recording.ts';

/** What goes wrong in and around the functions' processes. */
export interface FunctionFaults {
  /** The error with which Lambda refuses to invoke, if it does. */
  refusalOf(invocation: Invocation): string | undefined;
  /** Whether the process dies at the operation that begins now. */
  deathAt(invocation: Invocation): 'before' | 'after' | undefined;
  /** Milliseconds that the clock of the present process is ahead. */
  clockOffset(invocation: Invocation | undefined): number;
  storeWrite(
    invocation: Invocation | undefined,
    store: RecordStore,
    key: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<boolean>;
  /** @throws Error when the channel is down. */
  channel(channel: Channel, invocation: Invocation | undefined): void;
}

type Of<Kind extends ChaosFault['kind']> = Extract<ChaosFault, { kind: Kind }>;

/** `first` counts from 1. */
const within = (count: number, { first, times }: { first: number; times: number }) =>
  count >= first && count < first + times;

export function createFunctionFaults(faults: readonly ChaosFault[], reach: Reach): FunctionFaults {
  const of = <Kind extends ChaosFault['kind']>(kind: Kind) =>
    faults.filter((fault): fault is Of<Kind> => fault.kind === kind);
  const counts = new Map<string, number>();
  const next = (what: string) => {
    const count = (counts.get(what) ?? 0) + 1;
    counts.set(what, count);
    return count;
  };
  const stepOf = (invocation: Invocation | undefined) =>
    invocation ? `${invocation.function} · ${invocation.state}` : 'a page';

  return {
    refusalOf(invocation) {
      const count = next(`invocations of ${invocation.function}`);
      const fault = of('lambda').find((one) => one.function === invocation.function && within(count, one));
      if (fault) met(reach, fault.error, stepOf(invocation));
      return fault?.error;
    },
    deathAt(invocation) {
      const count = next(`operations of ${invocation.function}`);
      const fault = of('crash').find((one) => one.function === invocation.function && one.call === count);
      if (fault) met(reach, `killed ${fault.when} a call`, stepOf(invocation));
      return fault?.when;
    },
    clockOffset(invocation) {
      const fault = of('clock').find((one) => one.function === invocation?.function);
      if (fault && invocation) met(reach, 'clock off', stepOf(invocation));
      return (fault?.offsetSeconds ?? 0) * 1000;
    },
    async storeWrite(invocation, store, key, body, options) {
      const count = next(`store writes of ${invocation?.function}`);
      const fault = of('store').find((one) => one.function === invocation?.function && within(count, one));
      if (!fault) return store.write(key, body, options);
      met(reach, `store ${fault.what}`, stepOf(invocation));
      if (fault.what === 'race') {
        // Somebody else writes the same record a moment before: its version moves on.
        const stored = await store.read(key);
        if (stored) await store.write(key, stored.body, { expected: stored.version });
        return store.write(key, body, options);
      }
      if (fault.what === 'lost-answer') await store.write(key, body, options);
      throw Object.assign(new Error('the store did not answer'), { name: 'InternalServerError' });
    },
    channel(channel, invocation) {
      const count = next(`uses of ${channel}`);
      const fault = of('channel').find((one) => one.channel === channel && within(count, one));
      if (!fault) return;
      met(reach, `${channel} down`, stepOf(invocation));
      throw Object.assign(new Error(`${channel} is down`), { name: 'TimeoutError' });
    },
  };
}

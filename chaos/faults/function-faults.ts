import type { HttpAnswer } from '../../shared/lambda/context.ts';
import type { RecordStore, WriteOptions } from '../../shared/store/record-store.ts';
import type { Channel, ChaosFault, StoreTrouble } from '../generate/incident.ts';
import { met, type Reach } from '../record/reach.ts';
import type { Invocation } from '../record/recording.ts';
import { createSourceFaults } from './source-faults.ts';

/** What goes wrong in and around the functions' processes. */
export interface FunctionFaults {
  /** The error with which Lambda refuses to invoke, if it does. */
  refusalOf(invocation: Invocation): string | undefined;
  /** Whether the process dies at the operation that begins now. */
  deathAt(invocation: Invocation, operation: string): 'before' | 'after' | undefined;
  /** Milliseconds that the clock of the present process is ahead. */
  clockOffset(invocation: Invocation | undefined): number;
  storeRead(
    invocation: Invocation | undefined,
    store: RecordStore,
    key: string,
  ): ReturnType<RecordStore['read']>;
  storeWrite(
    invocation: Invocation | undefined,
    store: RecordStore,
    key: string,
    body: unknown,
    options: WriteOptions,
  ): Promise<boolean>;
  /** @throws Error when the channel is down. */
  channel(channel: Channel, invocation: Invocation | undefined): void;
  /** A GET request. @throws Error when the source does not answer. */
  source(
    url: string,
    invocation: Invocation | undefined,
    own: () => Promise<HttpAnswer>,
  ): Promise<HttpAnswer>;
}

const unanswered = () =>
  Object.assign(new Error('the store did not answer'), { name: 'InternalServerError' });

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

  const storeFault = (
    invocation: Invocation | undefined,
    count: number,
    isMeant: (what: StoreTrouble) => boolean,
  ) => {
    const fault = of('store').find(
      (one) => isMeant(one.what) && one.function === invocation?.function && within(count, one),
    );
    if (fault) met(reach, `store ${fault.what}`, stepOf(invocation));
    return fault;
  };
  let here: Invocation | undefined;
  const sources = createSourceFaults(faults, (fault) => met(reach, fault, stepOf(here)));

  return {
    refusalOf(invocation) {
      const count = next(`invocations of ${invocation.function}`);
      const fault = of('lambda').find((one) => one.function === invocation.function && within(count, one));
      if (fault) met(reach, fault.error, stepOf(invocation));
      return fault?.error;
    },
    deathAt(invocation, operation) {
      const count = next(`operations of ${invocation.function}`);
      const isFirst = next(`${operation} of ${invocation.function}`) === 1;
      const fault = of('crash').find(
        (one) =>
          one.function === invocation.function && (one.call === count || (one.call === operation && isFirst)),
      );
      if (fault) met(reach, `killed ${fault.when} ${operation}`, stepOf(invocation));
      return fault?.when;
    },
    clockOffset(invocation) {
      const fault = of('clock').find((one) => one.function === invocation?.function);
      if (fault && invocation) met(reach, 'clock off', stepOf(invocation));
      return (fault?.offsetSeconds ?? 0) * 1000;
    },
    async storeRead(invocation, store, key) {
      const count = next(`store reads of ${invocation?.function}`);
      const fault = storeFault(invocation, count, (what) => what === 'unread');
      if (fault) throw unanswered();
      return store.read(key);
    },
    async storeWrite(invocation, store, key, body, options) {
      const count = next(`store writes of ${invocation?.function}`);
      const fault = storeFault(invocation, count, (what) => what !== 'unread');
      if (!fault) return store.write(key, body, options);
      if (fault.what === 'race') {
        // Somebody else writes the same record a moment before: its version moves on.
        const stored = await store.read(key);
        if (stored) await store.write(key, stored.body, { expected: stored.version });
        return store.write(key, body, options);
      }
      if (fault.what === 'lost-answer') await store.write(key, body, options);
      throw unanswered();
    },
    channel(channel, invocation) {
      const count = next(`uses of ${channel}`);
      const fault = of('channel').find((one) => one.channel === channel && within(count, one));
      if (!fault) return;
      met(reach, `${channel} down`, stepOf(invocation));
      throw Object.assign(new Error(`${channel} is down`), { name: 'TimeoutError' });
    },
    source(url, invocation, own) {
      here = invocation;
      return sources.ask(url, own);
    },
  };
}

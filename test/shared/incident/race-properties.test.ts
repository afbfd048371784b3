import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WriteConflictError } from '../../../shared/core/errors.ts';
import { machines } from '../../../shared/document/request.ts';
import { noteLastWrite, readLastWrite } from '../../../shared/drift/last-write.ts';
import { assertLock, decideLock } from '../../../shared/incident/lock.ts';
import { openIncident } from '../../../shared/incident/open.ts';
import { type ServiceRecord, serviceKey } from '../../../shared/incident/service-record.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { arn, incident, now, production, request, secondsLater, service } from '../../support/builders.ts';

/** A store whose reads and writes take place when the scheduler says so: in any order of all that wait. */
function slowly(scheduler: fc.Scheduler, store: RecordStore): RecordStore {
  const turn = () => scheduler.schedule(Promise.resolve());
  return {
    read: async (key) => {
      await turn();
      return store.read(key);
    },
    write: async (key, body, options) => {
      await turn();
      return store.write(key, body, options);
    },
  };
}

const memory = () => memoryRecordStore({ now: () => new Date(now) });

describe('writers who read and write the same record, in any order', () => {
  it('each version has exactly one winner, and what was won can be read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 5 }),
        fc.boolean(),
        async (scheduler, writers, repeat) => {
          const store = memory();
          const raced = slowly(scheduler, store);
          const winners = new Map<number, string>();
          const write = async (name: string) => {
            const seen = await raced.read('key');
            if (seen) expect(winners.get(seen.version)).toBe(seen.body);
            const expected = seen?.version ?? 'absent';
            const won = await raced.write('key', name, { expected });
            if (won) {
              expect(winners.has((seen?.version ?? 0) + 1)).toBe(false);
              winners.set((seen?.version ?? 0) + 1, name);
            }
            // The answer was lost: the same write again is true only while it is what is stored.
            if (won && repeat && (await raced.write('key', name, { expected })))
              expect(winners.get((seen?.version ?? 0) + 1)).toBe(name);
          };
          const all = writers.map(async (times, writer) => {
            for (let time = 0; time < times; time++) await write(`${writer}.${time}`);
          });
          await scheduler.waitFor(Promise.all(all));

          const last = await store.read('key');
          expect(last).toEqual({ version: winners.size, body: winners.get(winners.size) });
        },
      ),
    );
  });

  it('notes of what was written lose no field of one another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat(40), async (scheduler, desired) => {
        const store = memory();
        const raced = slowly(scheduler, store);
        const bounds = {
          min: 1,
          max: 10,
          suspended: { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: false },
        };
        const notes = [
          noteLastWrite(incident(), { desired }, raced),
          noteLastWrite(incident(), { bounds }, raced),
        ];
        await scheduler.waitFor(Promise.all(notes));

        expect(await readLastWrite(incident(), store)).toEqual({ desired, bounds });
      }),
    );
  });
});

const asking = fc.record({
  run: fc.nat(7),
  // A run for the cache has a lock of its own.
  machine: fc.constantFrom(...machines.filter((machine) => machine !== 'redis-emergency')),
  startedBy: fc.option(fc.nat(7), { nil: undefined }),
  event: fc.option(fc.nat(4), { nil: undefined }),
});
type Asking = typeof asking extends fc.Arbitrary<infer T> ? T : never;

const execution = (run: number) => arn('any', `run-${run}`);
const requestOf = ({ run, machine, startedBy, event }: Asking, seconds = 0) =>
  request({
    machine,
    receivedAt: secondsLater(seconds),
    execution: { arn: execution(run), name: `run-${run}`, startedAt: now },
    ...(startedBy === undefined ? {} : { startedBy: execution(startedBy) }),
    ...(event === undefined ? {} : { eventId: `event-${event}` }),
  });
const mayWrite = (status: string) => status === 'opened' || status === 'continued';

describe('runs that ask for the lock of a service', () => {
  it('one after the other: at most one that still runs holds it, and numbers only grow', () => {
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: asking }, fc.record({ ended: fc.nat(7) })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(steps, (all) => {
        let record: ServiceRecord | undefined;
        const holding = new Map<string, number>();
        const ended = new Set<string>();
        all.forEach((step, at) => {
          if ('ended' in step) {
            ended.add(execution(step.ended));
            return;
          }
          const asked = requestOf(step, at * 60);
          if (ended.has(asked.execution.arn)) return;
          const ownerRuns = record !== undefined && !ended.has(record.owner);
          const decision = decideLock(record, asked, ownerRuns, production.limits);
          const next = 'record' in decision ? decision.record : decision.holder;
          expect(next.lockNumber).toBeGreaterThanOrEqual(record?.lockNumber ?? 1);
          if (next.owner !== record?.owner) expect(next.lockNumber).toBe((record?.lockNumber ?? 0) + 1);
          if (mayWrite(decision.status)) {
            expect(next.owner).toBe(asked.execution.arn);
            holding.set(asked.execution.arn, next.lockNumber);
          }
          record = next;
          const live = [...holding].filter(([run, number]) => !ended.has(run) && number === next.lockNumber);
          expect(live.length).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it('all at once, in any order: whoever may still write is one', async () => {
    const runs = fc.uniqueArray(asking, { minLength: 2, maxLength: 4, selector: ({ run }) => run });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), runs, async (scheduler, all) => {
        const store = memory();
        const raced = slowly(scheduler, store);
        const opening = all.map(async (each) => {
          try {
            return await openIncident(requestOf(each), raced, production, async () => true);
          } catch (error) {
            if (!(error instanceof WriteConflictError)) throw error;
            return undefined;
          }
        });
        await scheduler.waitFor(Promise.all(opening));

        const opened = (await Promise.all(opening)).flatMap((one) =>
          one && mayWrite(one.status) ? one : [],
        );
        const writing = await Promise.allSettled(opened.map((one) => assertLock(one, store)));
        const stored = await store.read(serviceKey(service.cluster, service.service));
        const capped = await Promise.all(opening).then((ends) =>
          ends.some((end) => end?.status === 'capped'),
        );
        expect(stored).toBeDefined();
        const holders = writing.filter(({ status }) => status === 'fulfilled').length;
        expect(holders).toBeLessThanOrEqual(1);
        if (!capped) expect(holders).toBe(1);
      }),
    );
  });
});

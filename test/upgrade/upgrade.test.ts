import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { readApproval, readTaskToken } from '../../shared/approval/store.ts';
import { documentKeys } from '../../shared/document/document.ts';
import { LastWrite } from '../../shared/drift/last-write.ts';
import { ServiceRecord } from '../../shared/incident/service-record.ts';
import { Snapshot } from '../../shared/incident/snapshot.ts';
import { ConsoleInput } from '../../shared/intake/inputs.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { handedOn, type Released, releasedFile, rightsNow } from '../../tools/mark-release.ts';

/**
 * An upgrade with a run under way: it keeps its machine and its functions' versions, but whom it starts, who answers its
 * approval and whoever looks after its records is of the new release.
 */
const released: Released = JSON.parse(readFileSync(releasedFile, 'utf8'));
const records = Object.entries(released.records);
const ofKind = (pattern: RegExp) => records.filter(([key]) => pattern.test(key));
const store = memoryRecordStore({ now: () => new Date('2026-10-02T17:30:00Z') });
beforeAll(async () => {
  for (const [key, body] of records) await store.write(key, body, { expected: 'absent' });
});

describe(`a run of ${released.version} that is under way during the upgrade`, () => {
  it('starts machines of this release with inputs that they understand', () => {
    const machines = new Set(released.inputs.map(({ machine }) => machine));
    expect([...machines].sort()).toEqual(['approval-reminder', 'rollback', 'scale-in']);
    for (const { machine, input } of released.inputs.filter((one) => one.machine !== 'approval-reminder'))
      expect([machine, v.safeParse(ConsoleInput, input).issues]).toEqual([machine, undefined]);
  });

  it('hands its document to the reminder, which understands every key of it', () => {
    const documents = released.inputs.flatMap(({ input }) => Object(input).document ?? []);
    expect(documents.length).toBeGreaterThan(0);
    const schemas: Record<string, v.GenericSchema> = documentKeys;
    for (const document of documents)
      for (const [key, value] of Object.entries(document).filter(([name]) => name in schemas)) {
        const schema = schemas[key] ?? v.never();
        expect([key, v.safeParse(schema, value).issues]).toEqual([key, undefined]);
      }
  });

  it.each([
    [/^service\//, ServiceRecord],
    [/^snapshot\//, Snapshot],
    [/^written\//, LastWrite],
  ])('leaves records %s that can be read', (pattern, schema) => {
    expect(ofKind(pattern).length).toBeGreaterThan(0);
    for (const [key, body] of ofKind(pattern))
      expect([key, v.safeParse(schema, body).issues]).toEqual([key, undefined]);
  });

  it('has its approval read, answered and handed over by this release', async () => {
    const requests = ofKind(/^approval\/(?!current)/).map(([key]) => key.slice('approval/'.length));
    expect(requests.length).toBeGreaterThan(0);
    for (const id of requests) {
      expect(await readApproval(id, store)).toBeDefined();
      expect(await readTaskToken(id, store)).toEqual(expect.any(String));
    }
  });

  it('finds every right of its role, which is of this release: what leaves stays for one release', () => {
    const now = new Set(rightsNow());
    expect(released.rights.length).toBeGreaterThan(200);
    expect(released.rights.filter((right) => !now.has(right))).toEqual([]);
  });
});

it('marks of a release can be made again: they hold the same machines and kinds of records', async () => {
  const { inputs, records: present } = await handedOn();
  const kinds = (keys: string[]) => [...new Set(keys.map((key) => key.split('/')[0] ?? ''))];
  const started = (all: Released['inputs']) => [...new Set(all.map(({ machine }) => machine))];
  expect(kinds(Object.keys(present))).toEqual(expect.arrayContaining(kinds(Object.keys(released.records))));
  expect(started(inputs)).toEqual(expect.arrayContaining(started(released.inputs)));
});

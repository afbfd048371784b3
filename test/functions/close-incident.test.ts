import { describe, expect, it } from '@jest/globals';
import { closeIncident } from '../../functions/close-incident.ts';
import type { Outcome } from '../../shared/document/outcome.ts';
import { because } from '../../shared/format/reasons.ts';
import { readServiceRecord, serviceKey } from '../../shared/incident/service-record.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { incident, now, plan, record, request, said, service } from '../support/builders.ts';
import { context, listening } from './harness.ts';

type Document = Parameters<typeof closeIncident.run>[0]['document'];
const taken = because('incident-continues', { incident: 'incident-1' });

async function close(
  outcome: Outcome['outcome'],
  part: Partial<Document> = {},
  kept: Parameters<typeof record>[0] | null = {},
) {
  const store = memoryRecordStore({ now: () => new Date(now) });
  if (kept)
    await store.write(serviceKey(service.cluster, service.service), record(kept), { expected: 'absent' });
  const { log, lines } = listening();
  const document = { request: request(), incident: incident({ reasons: [taken] }), ...part };
  const closed = await closeIncident.run({ outcome, document }, context(store, { log }));
  return { closed, lines, stored: await readServiceRecord(incident(), store) };
}

const checked = (part: Partial<NonNullable<Document['verification']>> = {}): Document['verification'] => ({
  goal: 'recovered',
  state: 'reached',
  since: now,
  mention: false,
  nextCheckSeconds: 15,
  reasons: [said('all is well')],
  ...part,
});
const dry = { request: request({ dryRun: true }), incident: incident({ lockNumber: 0, reasons: [taken] }) };

describe('why a run has ended', () => {
  const failed = said('it fails');
  const undone = because('redeploy-asked');
  const rollback = { action: 'redeploy', reasons: [undone] };
  const verification = checked();

  it.each<[string, Outcome['outcome'], Partial<Document>, Outcome['reasons']]>([
    ['what was checked', 'recovered', { plan: plan(), verification }, [said('all is well')]],
    ['what was planned, without a check', 'planned', { plan: plan() }, plan().reasons],
    ['what the lock said, without a plan', 'joined', {}, [taken]],
    [
      'what a rollback did, and then the check',
      'rolled-back',
      { rollback, verification },
      [undone, said('all is well')],
    ],
    [
      'without what a rollback did that did not help',
      'held',
      { rollback, verification: checked({ reasons: [failed] }) },
      [failed],
    ],
    [
      'what was checked, where a rollback left nothing',
      'rolled-back',
      { verification },
      [said('all is well')],
    ],
  ])('is %s', async (_, outcome, part, reasons) => {
    const { closed, stored } = await close(outcome, part);
    expect(closed.reasons).toEqual(reasons);
    expect(stored?.outcomeReasons).toEqual(reasons);
  });

  it('is told in one line, of a thousand characters at most', async () => {
    const long = checked({ reasons: [said('one'), said('two'), said('x'.repeat(2000))] });
    const { closed } = await close('recovered', { verification: long });
    expect(closed.summary).toHaveLength(1000);
    expect(closed.summary).toMatch(/^one; two; x+$/);
  });

  it('is told also where nobody gave a reason', async () => {
    const { closed } = await close('ignored', { incident: incident() });
    expect(closed).toEqual({ outcome: 'ignored', reasons: [], summary: 'no reason was given', at: now });
  });
});

describe('a run that recovers', () => {
  const joinedNow = ['HighErrorRate'];

  it('goes on for an alert that no look has known of, also without a plan', async () => {
    const why = because('joined-meanwhile', { alerts: ['HighErrorRate'] });
    const { closed, lines, stored } = await close('recovered', {}, { joinedNow });
    expect(closed).toEqual({
      outcome: 'recovered',
      reasons: [why],
      summary: why.text,
      at: now,
      goesOn: true,
    });
    expect(stored).not.toHaveProperty('outcome');
    expect(lines).toEqual([['info', 'goes on: an alert has joined', { reasons: [why] }]]);
  });

  it('ends where its last check has known of it', async () => {
    const { closed, stored } = await close(
      'recovered',
      { verification: checked({ joined: joinedNow }) },
      { joinedNow },
    );
    expect(closed).not.toHaveProperty('goesOn');
    expect(stored).toMatchObject({ outcome: 'recovered' });
  });
});

describe('what is recorded', () => {
  it.each<[string, Parameters<typeof record>[0] | null]>([
    ['the record of another run', { lockNumber: 2, joinedNow: ['HighErrorRate'] }],
    ['no record', null],
  ])('of a dry run is nothing, and it ends, beside %s', async (_, kept) => {
    const { closed, stored } = await close('recovered', dry, kept);
    expect(closed).toEqual({ outcome: 'recovered', reasons: [taken], summary: taken.text, at: now });
    expect(stored).toEqual(kept ? record(kept) : undefined);
  });

  it('is nothing by a run that has lost its lock: it fails', async () => {
    await expect(close('held', {}, { lockNumber: 2 })).rejects.toMatchObject({ name: 'LockLostError' });
  });
});

describe('what is not as before', () => {
  const reason = because('left-as-a-person-set-it');
  const by = 'person' as const;
  const differences = [
    { setting: 'max', before: 10, after: 15, by, reason, text: `max 10 → 15: ${reason.text}` },
  ];

  it.each<[string, Outcome['outcome'], Partial<Document>, unknown]>([
    [
      'after a restore',
      'restored',
      { verification: checked({ goal: 'restored', differences }) },
      differences,
    ],
    [
      'after one that left everything as before',
      'restored',
      { verification: checked({ goal: 'restored' }) },
      [],
    ],
    ['after one without a check', 'restored', {}, []],
    ['after any other end', 'held', { verification: checked({ goal: 'restored', differences }) }, undefined],
  ])('is told %s', async (_, outcome, part, told) => {
    const { closed } = await close(outcome, part);
    expect('differences' in closed ? closed.differences : undefined).toEqual(told);
  });
});

it('writes the end and its reasons to the log', async () => {
  const { lines } = await close('recovered', { verification: checked() });
  expect(lines).toEqual([['info', 'run ended: recovered', { reasons: [said('all is well')] }]]);
});

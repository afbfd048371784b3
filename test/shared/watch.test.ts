import { describe, expect, it } from '@jest/globals';
import { memoryRecordStore } from '../../shared/memory-record-store.ts';
import {
  claimMention,
  type EndedExecution,
  endedNotice,
  idleNotice,
  idlePeriods,
  isUntold,
} from '../../shared/watch.ts';
import { production, record } from '../support/builders.ts';

const ended = (status: EndedExecution['detail']['status'], error?: string): EndedExecution => ({
  'detail-type': 'Step Functions Execution Status Change',
  detail: {
    executionArn: 'arn:aws:states:x:1:execution:m:run-1',
    name: 'run-1',
    status,
    error,
    cause: 'why\nnot',
  },
});
const hoursLater = (hours: number) => new Date(Date.parse('2026-10-02T17:00:00.000Z') + hours * 3_600_000);
const open = record({ incidentOpen: true, snapshotStored: true });

describe('the watcher', () => {
  it.each([
    ['a person stopped it', ended('ABORTED'), true],
    ['it timed out', ended('TIMED_OUT'), true],
    ['it failed in a way that has no state', ended('FAILED', 'States.Runtime'), true],
    ['its notice could not be sent', ended('FAILED', 'NobodyWasTold'), true],
    ['it held, and said so', ended('FAILED', 'Held'), false],
    ['a person rejected it', ended('FAILED', 'ApprovalRejected'), false],
    ['another run took over', ended('FAILED', 'Superseded'), false],
    ['it succeeded', ended('SUCCEEDED'), false],
  ])('tells of an end that nobody has heard of: %s', (_, event, untold) => {
    expect(isUntold(event)).toBe(untold);
  });

  it('gives the exact input to go on, and says that capacity stays', () => {
    const { subject, text } = endedNotice(
      ended('ABORTED'),
      { name: 'buywhere-api', record: open },
      production,
    );
    expect(subject).toBe('[production] buywhere-api: a run ended ABORTED and did not say why');
    expect(text).toContain('Capacity stays as it is');
    expect(text).toContain('start scale-in with {"environment":"production","service":"buywhere-api"}');
    expect(text).toContain('Cause: why not');
  });

  it('says what the run itself has recorded, and nothing of an earlier one', () => {
    const held = { ...open, outcome: 'held' as const, outcomeReasons: ['tasks cannot start'] };
    const owner = ended('FAILED').detail.executionArn;
    const textFor = (of: typeof open) =>
      endedNotice(ended('FAILED', 'NobodyWasTold'), { name: 'buywhere-api', record: of }, production).text;
    expect(textFor({ ...held, owner })).toContain('It has recorded: held; tasks cannot start');
    expect(textFor(held)).not.toContain('It has recorded');
    expect(textFor({ ...open, owner })).not.toContain('It has recorded');
  });

  it('does not offer a restore where nothing was changed', () => {
    const { text } = endedNotice(ended('ABORTED'), { name: 'buywhere-api', record: record() }, production);
    expect(text).not.toContain('start scale-in');
  });

  it('says of a run that configured how to finish it', () => {
    const event = ended('ABORTED');
    const executionArn = 'arn:aws:states:r:1:execution:emergency-scaling-production-configure-autoscaling:x';
    const { text } = endedNotice(
      { ...event, detail: { ...event.detail, executionArn } },
      { name: 'buywhere-api', record: record() },
      production,
    );
    expect(text).toContain('Start configure-autoscaling again with {"environment":"production"');
    expect(text).not.toContain('emergency-scaling with');
  });

  it.each([
    [3.9, 0],
    [4, 1],
    [11.9, 2],
  ])('counts the periods that a service has been scaled out without a run: %d h', (hours, periods) => {
    expect(idlePeriods(open, hoursLater(hours), production)).toBe(periods);
  });

  it('never mentions a service whose incident is closed, or that has none', () => {
    expect(
      idlePeriods(record({ incidentOpen: false, snapshotStored: true }), hoursLater(99), production),
    ).toBe(0);
    expect(idlePeriods(undefined, hoursLater(99), production)).toBe(0);
  });

  it('mentions a period once', async () => {
    const store = memoryRecordStore({ now: () => hoursLater(5) });
    await store.write('service/buywhere-production/buywhere-api', open, { expected: 'absent' });
    const watched = { name: 'buywhere-api', record: open };
    expect(await claimMention(watched, 1, production, store)).toBe(true);
    expect(await claimMention(watched, 1, production, store)).toBe(false);
    expect(await claimMention(watched, 2, production, store)).toBe(true);
  });

  it('says how long and how to go back', () => {
    const { text, subject } = idleNotice({ name: 'buywhere-api', record: open }, hoursLater(5), production);
    expect(subject).toContain('still scaled out for 5 h');
    expect(text).toContain('start scale-in with {"environment":"production","service":"buywhere-api"}');
  });
});

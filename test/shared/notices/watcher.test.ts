import { describe, expect, it } from '@jest/globals';
import type { ServiceRecord } from '../../../shared/incident/service-record.ts';
import {
  claimMention,
  type EndedExecution,
  endedNotice,
  idleNotice,
  idlePeriods,
  isUntold,
  subjectOfLastRun,
  watchedServices,
} from '../../../shared/notices/watcher.ts';
import { memoryRecordStore } from '../../../shared/store/memory.ts';
import type { RecordStore } from '../../../shared/store/record-store.ts';
import { production, record, said } from '../../support/builders.ts';

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
const owner = ended('ABORTED').detail.executionArn;
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
      { name: 'buywhere-api', record: { ...open, owner } },
      production,
    );
    expect(subject).toBe('[production] buywhere-api: a run ended ABORTED and did not say why');
    expect(text).toContain('Capacity stays as it is');
    expect(text).toContain('start scale-in with {"environment":"production","service":"buywhere-api"}');
    expect(text).toContain('Cause: why not');
  });

  const goOn = '{"environment":"production","service":"buywhere-api"}';
  const onCall = `Primary on-call: ${production.contacts.primaryOnCall}. DevOps lead: ${production.contacts.devOpsLead}.`;
  const textOf = (event: EndedExecution, of?: ServiceRecord) =>
    endedNotice(event, { name: 'buywhere-api', record: of }, production).text;

  it('tells the whole story of a run that died', () => {
    expect(textOf(ended('FAILED', 'States.Runtime'), { ...open, owner })).toBe(
      [
        'The execution arn:aws:states:x:1:execution:m:run-1 ended with FAILED (States.Runtime).',
        'Cause: why not',
        '',
        'Capacity stays as it is; no run writes to the service now.',
        `Settings that it raised are not given back yet. To go back to normal, start scale-in with ${goOn}`,
        `If the service still suffers, start emergency-scaling with ${goOn}`,
        '',
        onCall,
        'Incident incident-1',
      ].join('\n'),
    );
  });

  it('tells as much as is known of a service without a record', () => {
    const event = ended('ABORTED');
    const { cause: _, ...detail } = event.detail;
    expect(textOf({ ...event, detail })).toBe(
      [
        'The execution arn:aws:states:x:1:execution:m:run-1 ended with ABORTED.',
        '',
        'It did not hold buywhere-api when it ended; no run writes to the service now.',
        'No setting has to be given back.',
        `If the service still suffers, start emergency-scaling with ${goOn}`,
        '',
        onCall,
        'Incident none',
      ].join('\n'),
    );
  });

  it('claims nothing of an incident that the run did not hold', () => {
    const textWhile = (running: boolean | undefined) =>
      endedNotice(ended('ABORTED'), { name: 'buywhere-api', record: open, running }, production).text;
    expect(textWhile(false)).toContain(
      'It did not hold buywhere-api when it ended; no run writes to the service now.\nSettings that incident incident-1 raised',
    );
    expect(textWhile(undefined)).toContain('; whether another run does is not known.');
    const { text } = endedNotice(
      ended('ABORTED'),
      { name: 'buywhere-api', record: open, running: true },
      production,
    );
    expect(text).toContain(`Another run handles buywhere-api and goes on: ${open.owner}`);
    expect(text).not.toMatch(/no run writes|start (scale-in|emergency-scaling)|Capacity stays/);
  });

  const refused = (input: string | null) => {
    const event = ended('FAILED', 'InvalidInputError');
    return { ...event, detail: { ...event.detail, input } };
  };
  it.each<[string, string | null, boolean]>([
    ['a person typed', '{"enviroment": "production"}', false],
    ['a person typed as no object', '"production"', false],
    ['a person typed as no JSON', 'production', false],
    ['an alarm sent', '{"detail-type": "CloudWatch Alarm State Change"}', true],
    ['Alertmanager sent', '{"source": "alertmanager"}', true],
    ['another run gave', '{"environment": "production", "startedBy": "arn"}', true],
    ['the event left out', null, true],
  ])('tells of a faulty input only where nobody saw it: what %s', (_, input, untold) => {
    expect(isUntold(refused(input))).toBe(untold);
  });

  it('offers no restore where the incident is closed', () => {
    expect(textOf(ended('ABORTED'), { ...open, incidentOpen: false })).not.toContain('start scale-in');
  });

  it('keeps to what a subject and a mail hold: 99 characters, 500 of a cause or of what was recorded', () => {
    const event = ended('FAILED');
    const owner = event.detail.executionArn;
    const long = { ...event, detail: { ...event.detail, cause: `a \n  b${'x'.repeat(600)}` } };
    const of = { ...open, owner, outcome: 'held' as const, outcomeReasons: [said('y'.repeat(600))] };
    const notice = endedNotice(long, { name: 'n'.repeat(99), record: of }, production);

    expect(notice.subject).toHaveLength(99);
    expect(notice.text).toContain(`\nCause: a b${'x'.repeat(497)}\n`);
    expect(notice.text).toContain(`\nIt has recorded: held; ${'y'.repeat(494)}\n`);
  });

  it('says what was recorded where no reasons were', () => {
    const of = { ...open, owner: ended('FAILED').detail.executionArn, outcome: 'recovered' as const };
    expect(textOf(ended('FAILED'), of)).toContain('\nIt has recorded: recovered\n');
  });

  it('gives no command where it is not known which service the run was about', () => {
    const { subject, text } = endedNotice(ended('FAILED', 'InvalidInputError'), undefined, production);

    expect(subject).toBe('[production] a run ended FAILED and did not say why');
    expect(text).toBe(
      [
        'The execution arn:aws:states:x:1:execution:m:run-1 ended with FAILED (invalid input).',
        'Cause: why not',
        '',
        'Which service it was about is not known: its input names none that is configured here.',
        '',
        onCall,
        'Incident none',
      ].join('\n'),
    );
    expect(subjectOfLastRun(undefined, 'arn', production)).not.toHaveProperty('service');
  });

  it('says what the run itself has recorded, and nothing of an earlier one', () => {
    const held = { ...open, outcome: 'held' as const, outcomeReasons: [said('tasks cannot start')] };
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
    expect(await claimMention(watched, 1, 'a tick', production, store)).toBe(true);
    expect(await claimMention(watched, 1, 'a tick', production, store)).toBe(false);
    expect(await claimMention(watched, 2, 'a tick', production, store)).toBe(true);
  });

  it('mentions a period once though eight ticks come at the same moment', async () => {
    const store = memoryRecordStore({ now: () => hoursLater(5) });
    await store.write('service/buywhere-production/buywhere-api', open, { expected: 'absent' });
    const watched = { name: 'buywhere-api', record: open };
    const claims = Array.from({ length: 8 }, (_, i) =>
      claimMention(watched, 1, `tick ${i}`, production, store),
    );
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
  });

  const mention = async (of: ServiceRecord | undefined, stored: ServiceRecord | undefined, periods = 1) => {
    const store = memoryRecordStore({ now: () => hoursLater(5) });
    const key = 'service/buywhere-production/buywhere-api';
    if (stored) await store.write(key, stored, { expected: 'absent' });
    const first = await claimMention(
      { name: 'buywhere-api', record: of },
      periods,
      'a tick',
      production,
      store,
    );
    return [first, (await store.read(key))?.body];
  };
  it.each<[string, ServiceRecord | undefined, ServiceRecord | undefined]>([
    ['has no record', undefined, undefined],
    ['has a record no more', open, undefined],
    ['has a record only since', undefined, open],
    ['is in the hands of another run by now', open, { ...open, lockNumber: 2 }],
    ['was mentioned for longer', open, { ...open, mentioned: 2 }],
  ])('mentions no service that %s', async (_, seen, stored) => {
    expect(await mention(seen, stored)).toEqual([false, stored]);
  });

  it('writes down what it has mentioned, and tries five times where others write', async () => {
    expect(await mention(open, open, 3)).toEqual([true, { ...open, mentioned: 3, mentionedBy: 'a tick' }]);

    let writes = 0;
    const busy: RecordStore = {
      ...memoryRecordStore({ now: () => hoursLater(5) }),
      read: async () => ({ body: open, version: 1 }),
      write: async () => {
        writes++;
        return false;
      },
    };
    expect(await claimMention({ name: 'buywhere-api', record: open }, 1, 'a tick', production, busy)).toBe(
      false,
    );
    expect(writes).toBe(5);
  });

  it('finds the record of every service that is configured', async () => {
    const store = memoryRecordStore({ now: () => hoursLater(5) });
    expect(await watchedServices(production, store)).toEqual([{ name: 'buywhere-api', record: undefined }]);
    await store.write('service/buywhere-production/buywhere-api', open, { expected: 'absent' });
    expect(await watchedServices(production, store)).toEqual([{ name: 'buywhere-api', record: open }]);
  });

  const anArn = 'arn:aws:states:r:1:execution:emergency-scaling-production-scale-in:x';
  it.each<[string, ServiceRecord | undefined, string, object]>([
    ['its record', open, anArn, { occasion: 'emergency-scaling', incidentId: 'incident-1' }],
    ['the name of its machine', undefined, anArn, { occasion: 'scale-in' }],
    ['the usual machine', undefined, 'arn:aws:states:r:1:execution:m:x', { occasion: 'emergency-scaling' }],
  ])('takes what the last run was from %s', (_, of, execution, expected) => {
    expect(subjectOfLastRun({ name: 'buywhere-api', record: of }, execution, production)).toEqual({
      environment: 'production',
      service: 'buywhere-api',
      execution,
      reasons: [],
      ...expected,
    });
  });

  it('says how the last run ended, where it is known', () => {
    const textOf = (part: Partial<ServiceRecord>) =>
      idleNotice({ name: 'buywhere-api', record: { ...open, ...part } }, hoursLater(5), production).text;
    const wayBack = `To go back to normal, start scale-in with ${goOn}`;

    expect(
      textOf({ outcome: 'held', outcomeReasons: [said('tasks cannot start'), said('and stay so')] }),
    ).toBe(
      [
        'buywhere-api in production is still scaled out. The last run ended held.',
        '- tasks cannot start',
        '- and stay so',
        wayBack,
        'Incident incident-1',
      ].join('\n'),
    );
    expect(textOf({})).toBe(
      [
        'buywhere-api in production is still scaled out. The last run ended without an outcome.',
        wayBack,
        'Incident incident-1',
      ].join('\n'),
    );
    const long = { name: 'n'.repeat(99), record: open };
    expect(idleNotice(long, hoursLater(5), production).subject).toHaveLength(99);
  });

  it('says how long and how to go back', () => {
    const { text, subject } = idleNotice({ name: 'buywhere-api', record: open }, hoursLater(5), production);
    expect(subject).toContain('still scaled out for 5 h');
    expect(text).toContain('start scale-in with {"environment":"production","service":"buywhere-api"}');
  });
});

import { describe, expect, it } from '@jest/globals';
import { functionNames } from '../../../resources/names.ts';
import {
  comparisons,
  notTriedWhys,
  type PreflightReport,
  type PreflightRow,
} from '../../../shared/document/preflight.ts';
import {
  preflightCells,
  preflightNotice,
  preflightRows,
  preflightSummary,
  unprovedNotice,
} from '../../../shared/format/preflight.ts';

const ok: PreflightRow = { by: 'assess', check: 'ecs:ListTasks', result: 'ok' };
const unknown = { cause: 'late', text: 'no answer in time' } as const;

describe('a row of the table', () => {
  it.each<[PreflightRow, string[]]>([
    [ok, ['assess: ecs:ListTasks', 'ok', '', '']],
    [
      { ...ok, result: 'missing', right: 'ecs:ListTasks', resource: 'arn:x', services: ['a', 'b'] },
      [
        'assess: ecs:ListTasks (a, b)',
        'REFUSED',
        'The run sees less or nothing, and is held',
        'Missing: ecs:ListTasks on arn:x',
      ],
    ],
    [
      { ...ok, result: 'failed', unknown },
      ['assess: ecs:ListTasks', 'FAILED: no answer in time', 'The run sees less or nothing, and is held', ''],
    ],
    [
      { ...ok, check: 'address', on: 'https://x', result: 'failed', unknown },
      [
        'assess: address answers (https://x)',
        'FAILED: no answer in time',
        'What is read there is unknown; unknown blocks scale-in',
        'a way from the function to https://x',
      ],
    ],
    [
      {
        ...ok,
        check: 'address',
        on: 'https://x',
        result: 'failed',
        unknown: { cause: 'http-status', status: 404, text: 'HTTP status 404' },
      },
      [
        'assess: address answers (https://x)',
        'FAILED: HTTP status 404',
        'What is read there is unknown; unknown blocks scale-in',
        'what https://x should answer: perhaps it is another address',
      ],
    ],
    [
      {
        by: 'preflight',
        check: 'cpu-metric',
        services: ['a'],
        result: 'differs',
        configured: '20 s',
        found: '60 s',
      },
      [
        'preflight: resolution of the CPU metric (a)',
        'DIFFERS: configured 20 s, found 60 s',
        'The alarm HighCPU reads points that do not exist, and stays silent or is late',
        'cpuMetricSeconds in config/',
      ],
    ],
    [
      { by: 'intake', check: 'alarms', result: 'differs', configured: 'a, b', found: '' },
      [
        'intake: alarms of the runbook',
        'DIFFERS: configured a, b, found none',
        'No run starts for what these alarms watch',
        'deploy: the alarms are part of the stack ("Alarms that are gone" in docs/operations.md)',
      ],
    ],
    [
      {
        by: 'alert-webhook',
        check: 'ssm:GetParameter',
        on: '/shop/token-a',
        result: 'failed',
        unknown: { cause: 'missing', text: 'not found: Parameter /shop/token-a not found' },
      },
      [
        'alert-webhook: ssm:GetParameter (/shop/token-a)',
        'FAILED: not found: Parameter /shop/token-a not found',
        'Alerts of Alertmanager start nothing',
        'the SSM parameter /shop/token-a',
      ],
    ],
    [
      {
        ...ok,
        check: 'ssm:GetParameter',
        on: 'switch',
        result: 'failed',
        unknown: { cause: 'missing', text: 'not found' },
      },
      [
        'assess: ssm:GetParameter (switch)',
        'FAILED: not found',
        'The run sees less or nothing, and is held',
        'the SSM parameter of the switch, with the value on',
      ],
    ],
    [
      { ...ok, check: 'ssm:GetParameter', on: '/a', result: 'failed', unknown },
      [
        'assess: ssm:GetParameter (/a)',
        'FAILED: no answer in time',
        'The run sees less or nothing, and is held',
        '',
      ],
    ],
    [
      {
        ...ok,
        check: 'ecs:ListTasks',
        on: 'x',
        result: 'failed',
        unknown: { cause: 'missing', text: 'not found' },
      },
      ['assess: ecs:ListTasks (x)', 'FAILED: not found', 'The run sees less or nothing, and is held', ''],
    ],
    [
      { ...ok, result: 'failed' },
      ['assess: ecs:ListTasks', 'FAILED: no reason given', 'The run sees less or nothing, and is held', ''],
    ],
    [{ ...ok, result: 'not-tried' }, ['assess: ecs:ListTasks', 'not tried', '', '']],
    [{ ...ok, on: 'x', services: ['a', 'b'] }, ['assess: ecs:ListTasks (x, a, b)', 'ok', '', '']],
    [
      { ...ok, result: 'not-tried', why: 'no-target' },
      ['assess: ecs:ListTasks', 'not tried: no scalable target is registered', '', ''],
    ],
  ])('%#', (row, cells) => {
    expect(preflightCells(row)).toEqual(cells);
  });

  it('means something at 3 am for every function and every comparison, and says why it was not tried', () => {
    const silent = [
      ...[...functionNames(), 'you'].map((by): PreflightRow => ({ ...ok, by, result: 'missing' })),
      ...comparisons.map((check): PreflightRow => ({ ...ok, check, result: 'differs' })),
    ].filter((row) => !preflightCells(row)[2]);
    expect(silent).toEqual([]);
    const whys = notTriedWhys.map((why) => preflightCells({ ...ok, result: 'not-tried', why })[1]);
    expect(new Set(whys).size).toBe(notTriedWhys.length);
  });
});

it('names in the summary what differs, and what to do', () => {
  const row: PreflightRow = { by: 'intake', check: 'alarms', result: 'differs', configured: 'a', found: '' };
  expect(preflightSummary([row])).toBe(
    '0 ok, 1 setting differs, 0 not tried; intake: alarms of the runbook: DIFFERS: configured a, found none ' +
      '(deploy: the alarms are part of the stack ("Alarms that are gone" in docs/operations.md))',
  );
});

it('makes rows with a head', () => {
  expect(preflightRows([ok])).toEqual([
    ['Check', 'Result', 'At 3 am', 'What is missing'],
    ['assess: ecs:ListTasks', 'ok', '', ''],
  ]);
});

it('counts in one line, with the first faults', () => {
  const rows: PreflightRow[] = [
    ok,
    ...Array.from(
      { length: 7 },
      (_, index): PreflightRow => ({ ...ok, on: `${index}`, result: 'failed', unknown }),
    ),
    { by: 'preflight', check: 'switch', result: 'differs', configured: 'on', found: 'off' },
  ];
  const summary = preflightSummary(rows);
  expect(summary).toMatch(
    /^1 ok, 7 failed, 1 setting differs, 0 not tried; assess: ecs:ListTasks \(0\): FAILED/,
  );
  expect(summary.split(';')).toHaveLength(6);
});

describe('the notice', () => {
  const report = (count: number): PreflightReport => ({
    environment: 'production',
    execution: 'arn:run',
    at: '2026-10-02T17:10:00.000Z',
    ready: false,
    rows: [
      ok,
      ...Array.from(
        { length: count },
        (_, index): PreflightRow => ({ ...ok, on: `${index}`, result: 'failed', unknown }),
      ),
    ],
    summary: `${count} failed; x`,
  });

  it('says what would not go as planned', () => {
    expect(preflightNotice(report(1))).toEqual({
      subject: '[production] Preflight: 1 of 2 checks failed',
      text: [
        'An incident in production would not go as planned. Nothing was changed.',
        '1 failed',
        '',
        '- assess: ecs:ListTasks (0): FAILED: no answer in time',
        '    The run sees less or nothing, and is held',
        '',
        'Execution arn:run',
      ].join('\n'),
    });
  });

  it('names forty checks, and how many more there are', () => {
    const { text } = preflightNotice(report(43));
    expect(text.split('\n').filter((line) => line.startsWith('- '))).toHaveLength(40);
    expect(text).toContain('… and 3 more: see the execution');
    expect(preflightNotice(report(40)).text).not.toContain('more: see');
  });

  it('of a preflight that failed says that nobody knows', () => {
    const { subject, text } = unprovedNotice('staging', 'States.Timeout', 'arn:run');
    expect(subject).toBe('[staging] Preflight did not come through');
    expect(text).toMatch(/^Nobody knows whether an incident in staging would go as planned/);
    expect(text).toMatch(/Execution arn:run$/);
  });
});

it('counts in words', () => {
  const row = (result: PreflightRow['result']): PreflightRow => ({ ...ok, result });
  const said = (...results: PreflightRow['result'][]) => preflightSummary(results.map(row)).split(';')[0];
  expect(said('ok', 'missing')).toBe('1 ok, 1 right missing, 0 not tried');
  expect(said('missing', 'missing', 'differs', 'not-tried')).toBe(
    '0 ok, 2 rights missing, 1 setting differs, 1 not tried',
  );
  expect(said('differs', 'differs', 'failed')).toBe('0 ok, 1 failed, 2 settings differ, 0 not tried');
});

it('is short enough for a subject and a summary', () => {
  const rows = Array.from(
    { length: 5 },
    (): PreflightRow => ({
      ...ok,
      result: 'failed',
      unknown: { cause: 'failed', error: '', message: '', text: 'x'.repeat(300) },
    }),
  );
  expect(preflightSummary(rows)).toHaveLength(1000);
  const report = { environment: 'e'.repeat(99), rows, summary: '5 failed; more', execution: 'arn:x' };
  expect(preflightNotice(report as PreflightReport).subject).toHaveLength(99);
});

it('a preflight that did not come through says so in whole lines', () => {
  expect(unprovedNotice('staging', 'States.Timeout', 'arn:x').text.split('\n').slice(1)).toEqual([
    'Nothing was changed. Its states say where it ended; start it again when that is mended.',
    '',
    'Execution arn:x',
  ]);
});

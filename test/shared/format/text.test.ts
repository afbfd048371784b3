import { describe, expect, it } from '@jest/globals';
import { reasonsBesideMetrics } from '../../../shared/approval/beside-metrics.ts';
import { oneLine, withoutControls } from '../../../shared/core/plain-text.ts';
import { changeRows, poolRows } from '../../../shared/format/changes.ts';
import { metricRows, metricValue } from '../../../shared/format/metrics.ts';
import { because } from '../../../shared/format/reasons.ts';
import { clock, duration, moment, textTable } from '../../../shared/format/text.ts';
import { bounds, metrics, plan, policy, pools, production } from '../../support/builders.ts';

describe('what a person reads', () => {
  it.each([
    [0, '0 s'],
    [-5, '0 s'],
    [119.4, '119 s'],
    [120, '2 min'],
    [719, '12 min'],
    [7200, '2 h'],
    [12_000, '3 h 20 min'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it.each([
    ['requestRatePerMinute', 100, '100/min'],
    ['requestRatePerMinute', 99.96, '100/min'],
    ['latencyP95Seconds', 100, '100 s'],
    ['cpuPercent', 59.949, '59.9 %'],
    ['latencyP99Seconds', 2.5, '2.5 s'],
    ['latencyP99Seconds', 0, '0 s'],
    ['requestRatePerMinute', 12_345.6, '12,346/min'],
    ['pgbouncerWaitMilliseconds', 100, '100 ms'],
    ['errorRatePercent', undefined, 'unknown'],
  ] as const)('%s of %s is %s', (name, value, text) => {
    expect(metricValue(name, value)).toBe(text);
  });

  it('a moment is in UTC, to the second', () => {
    expect(moment('2026-10-03T01:10:00.900+08:00')).toBe('2026-10-02 17:10:00 UTC');
    expect(clock('2026-10-03T01:10:00.900+08:00')).toBe('17:10:00 UTC');
  });

  it('each metric stands against its thresholds', () => {
    const rows = metricRows(metrics({ cpuPercent: 81, dbPoolPercent: 'unknown' }), production.thresholds);

    expect(rows).toHaveLength(8);
    expect(rows[0]).toEqual({
      name: 'cpuPercent',
      label: 'CPU',
      value: '81 %',
      warning: '60 %',
      critical: '80 %',
      level: 'critical',
    });
    expect(rows.find(({ name }) => name === 'dbPoolPercent')).toMatchObject({
      value: 'unknown',
      level: 'unknown',
    });
  });

  it('the rows of the metrics are not repeated among the reasons', () => {
    const reasons = [
      because('metric-judged', { metric: 'cpuPercent', value: 40, level: 'ok', warning: 60 }),
      because('metric-judged', { metric: 'latencyP99Seconds', value: 0.5, level: 'ok', warning: 1.5 }),
      because('metric-warning', { metric: 'cpuPercent', value: 65 }),
      { code: 'said', text: 'two\nlines' },
    ];
    expect(reasonsBesideMetrics(reasons)).toEqual(['CPU 65 % is at warning', 'two lines']);
  });

  it('a table has aligned columns and no trailing spaces', () => {
    expect(textTable([['a', 'long head'], ['longer', 'x'], ['b']])).toBe('a       long head\nlonger  x\nb');
    expect(textTable([])).toBe('');
  });
});

describe('the rows of a plan', () => {
  it('show what changes, and only that', () => {
    expect(changeRows(plan()).map(({ label, from, to }) => `${label}: ${from} → ${to}`)).toEqual([
      'Desired tasks: 3 → 9',
      'Minimum tasks: 1 → 2',
      'Maximum tasks: 10 → 20',
      'Autoscaling may scale in: yes → no',
      'Scheduled scaling: yes → no',
      'CPU target: 70 % → 50 %',
      'Scale-out cooldown: 60 s → 30 s',
      'Scale-in cooldown: 300 s → 180 s',
    ]);
    const suspended = { dynamicScalingIn: false, dynamicScalingOut: true, scheduledScaling: true };
    const rare = {
      bounds: { from: bounds({ suspended }), to: bounds() },
      cpuPolicy: { from: policy({ disableScaleIn: true }), to: policy() },
    };
    expect(changeRows(rare).map(({ label, from, to }) => `${label}: ${from} → ${to}`)).toEqual([
      'Autoscaling may scale out: no → yes',
      'Scheduled scaling: no → yes',
      'CPU policy may scale in: no → yes',
    ]);
    expect(changeRows({ cpuPolicy: { from: policy(), to: policy() } })).toEqual([]);
    expect(changeRows({})).toEqual([]);
  });
});

describe('sizes of the pool that a person gives back', () => {
  it('are only those that an emergency raises', () => {
    const { baseline, emergency } = pools;
    const raised = { ...emergency, maxClientConn: baseline.maxClientConn };
    expect(poolRows({ ...pools, emergency: raised })).toEqual([
      { label: 'PgBouncer default pool size (by hand)', from: '150 if raised', to: '100' },
      { label: 'PgBouncer reserve pool size (by hand)', from: '40 if raised', to: '30' },
    ]);
  });

  it('are none where a PgBouncer stands beside each task: a deployment changes those', () => {
    expect(poolRows({ ...pools, topology: 'sidecar' })).toEqual([]);
  });
});

describe('what a person wrote', () => {
  it('keeps its lines, but nothing that cannot be seen', () => {
    expect(withoutControls('one\r\ntwo\u202e\u0007\u200bthree\tfour')).toBe('one \ntwo three four');
  });

  it('becomes one line', () => {
    expect(oneLine('  one\n\n two\u2028\u2029three ')).toBe('one two three');
  });
});

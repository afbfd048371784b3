import { describe, expect, it } from '@jest/globals';
import { addReach, met, type Reach } from '../../chaos/record/reach.ts';
import { reachTable } from '../../chaos/record/reach-table.ts';
import { reportOf } from '../../chaos/report/output.ts';
import { emptySummary, plus } from '../../chaos/report/summary.ts';

const summary = {
  ...emptySummary(),
  runs: 10,
  executions: 20,
  writes: 30,
  trace: 'ffffffffffffffff',
  live: { '2 small steps': { checks: 7, plays: 3 } },
  reach: {
    ThrottlingException: { 'scale-out · Set the desired count': 2, 'assess · Assess the situation': 5 },
  },
};

describe('reach', () => {
  it('counts how often each fault met each step, over all runs', () => {
    const total: Reach = new Map();
    const one: Reach = new Map();
    met(one, 'clock off', 'plan · Plan the capacity');
    met(one, 'clock off', 'plan · Plan the capacity');
    addReach(total, one);
    addReach(total, one);
    expect(total).toEqual(new Map([['clock off', new Map([['plan · Plan the capacity', 4]])]]));
  });

  it('and the checks add up between processes', () => {
    expect(plus(summary, summary)).toMatchObject({
      runs: 20,
      writes: 60,
      trace: 'fffffffffffffffe',
      live: { '2 small steps': { checks: 14, plays: 6 } },
      reach: { ThrottlingException: { 'assess · Assess the situation': 10 } },
    });
  });
});

describe('the table of reach', () => {
  it('has a row per kind of fault and a column per kind of step', () => {
    const table = reachTable({
      ThrottlingException: { 'scale-out · Set the desired count': 2, 'assess · Assess the situation': 5 },
      'killed after ecs:UpdateService': { 'scale-in · Take one step down': 4 },
      'person: bounds': { 'scale-in · Wait for calm': 1, 'nothing runs': 2 },
      ServerException: { 'a page': 1 },
      AccessDeniedException: { 'notify · Tell people that it scaled': 1 },
    });
    expect(table).toEqual([
      ['fault', 'all', 'read', 'decide', 'record', 'write', 'ask', 'tell', 'watch', 'wait'],
      ['throttled', '7', '5', '0', '0', '2', '0', '0', '0', '0'],
      ['killed after a call', '4', '0', '0', '0', '4', '0', '0', '0', '0'],
      ['a person changes a setting', '3', '0', '0', '0', '0', '0', '0', '0', '1'],
      ['error 5xx', '1', '0', '0', '0', '0', '1', '0', '0', '0'],
      ['error 4xx', '1', '0', '0', '0', '0', '0', '1', '0', '0'],
    ]);
  });
});

describe('the report', () => {
  it('says what was played, checked and met', () => {
    const text = reportOf(summary, 5, 4);
    expect(text).toContain(
      '10 runs from seed 5: 20 executions, 30 writes, 2.5 runs per second, trace ffffffffffffffff',
    );
    expect(text).toMatch(/2 small steps +7 +3/);
    expect(text).toMatch(/ThrottlingException +7 +2 +assess · Assess the situation \(5\)/);
    expect(text.endsWith('0 violations')).toBe(true);
  });

  it('names the seed of the first failing run', () => {
    const failing = { ...summary, violations: [{ seed: 9, invariant: '2 small steps', text: 'too large' }] };
    expect(reportOf(failing, 5, 4)).toMatch(/1 failing runs; npm run chaos -- --replay 9/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { changesOf, settingsTable } from '../../../local/display/changes.ts';
import { renderLine, wrapped } from '../../../local/display/lines.ts';

describe('wrapping', () => {
  it('breaks at blanks, but keeps numbers with their units and both sides of an arrow', () => {
    expect(wrapped('CPU target 70 % → 50 %, then', 20)).toEqual(['CPU target', '70 % → 50 %, then']);
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  });

  it('leaves a word whole that is longer than the line', () => {
    expect(wrapped('see http://127.0.0.1:4566/approvals/abc now', 10)).toEqual([
      'see',
      'http://127.0.0.1:4566/approvals/abc',
      'now',
    ]);
  });
});

describe('a line of the story', () => {
  it('has the time, what it is about, the text, and the reasons below', () => {
    const at = Date.parse('2026-10-02T17:08:04.250Z');
    const layout = { width: 80, stream: process.stdout };
    const text = renderLine(
      { at, kind: 'state', text: 'Plan: scale-out', details: ['CPU is critical'] },
      layout,
    );
    expect(text).toBe(`17:08:04 state    Plan: scale-out\n${' '.repeat(18)}· CPU is critical\n`);
  });
});

describe('what a write changed', () => {
  const suspended = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };
  const policy = {
    name: 'cpu',
    type: 'TargetTrackingScaling',
    metric: 'ECSServiceAverageCPUUtilization',
    target: 70,
  };

  it.each([
    [{ desired: 3 }, { desired: 12 }, ['desired 3 → 12']],
    [{ min: 1, max: 10 }, { min: 2, max: 20 }, ['min 1 → 2', 'max 10 → 20']],
    [
      { suspended },
      { suspended: { ...suspended, dynamicScalingIn: true } },
      ['scaling in suspended no → yes'],
    ],
    [{ policies: [policy] }, { policies: [{ ...policy, target: 50 }] }, ['CPU target 70 % → 50 %']],
    [{ policies: [policy] }, { policies: [] }, ['policy cpu present → removed']],
    [{}, { min: 1, max: 4 }, ['min none → 1', 'max none → 4']],
    [
      { cache: { policy: 'noeviction', keys: 48_200 } },
      { cache: { policy: 'allkeys-lru', keys: 48_200 } },
      ['maxmemory-policy noeviction → allkeys-lru'],
    ],
    [
      { cache: { policy: 'noeviction', keys: 48_200 } },
      { cache: { policy: 'noeviction', keys: 8200 } },
      ['keys of the cache 48,200 → 8,200'],
    ],
  ])('%j to %j', (from, to, changes) => {
    expect(changesOf({ from, to })).toEqual(changes);
  });

  it('shows a dash where nothing was seen and none where no target is registered', () => {
    const settings = {
      desired: 3,
      running: 3,
      pending: 0,
      taskDefinition: 'api:1',
      policies: [],
      pools: [],
      cache: { policy: 'allkeys-lru', keys: 0 },
    };
    const rows = settingsTable([null, settings]);
    expect(rows).toContainEqual(['desired tasks', '-', '3']);
    expect(rows).toContainEqual(['bounds', '-', 'none']);
    const evicts = { ...settings, cache: { policy: 'noeviction', keys: 0 } };
    expect(settingsTable([null, settings, evicts])).toContainEqual([
      'maxmemory-policy',
      '-',
      'allkeys-lru',
      'noeviction',
    ]);
    expect(rows.flat()).not.toContain('maxmemory-policy');
  });
});

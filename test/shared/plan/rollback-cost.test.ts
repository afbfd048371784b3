import { describe, expect, it } from '@jest/globals';
import { because } from '../../../shared/format/reasons.ts';
import { decideRollback } from '../../../shared/plan/rollback.ts';
import type { RollbackDecision } from '../../../shared/plan/rollback-decision.ts';
import { assessment, request, view } from '../../support/builders.ts';
import { decide, deployment, facts, yesterday } from '../../support/rollbacks.ts';

/** What the request says, in front of every automatic decision. */
const [asked] = request().reasons;

describe('a service of which ECS may take tasks away while it deploys', () => {
  const of = (percent: number, running = 8, desired = 8) => ({
    view: view({ desired, running, minimumHealthyPercent: percent }),
  });
  const critical = { errorRatePercent: 30 };
  const cost = { percent: 50, kept: 4, running: 8 };

  it('keeps them while something is critical, and people are told what they can do', () => {
    expect(decide('automatic', of(50), undefined, critical)).toEqual({
      action: 'hold',
      reasons: [asked, because('takes-tasks-while-critical', { ...cost, critical: ['errorRatePercent'] })],
    });
  });

  it('is rolled back while nothing is critical, and people are told what it costs', () => {
    const { action, reasons } = decide('automatic', of(50));
    expect(action).toBe('previous-task-definition');
    expect(reasons.at(-1)).toEqual(because('deploying-takes-tasks', cost));
    expect(reasons).toHaveLength(3);
  });

  it.each(['redeploy', 'previous-task-definition'] as const)(
    'is deployed all the same where a person asks for %s',
    (to) => {
      const { action, reasons } = decide(to, of(50), undefined, critical);
      expect(action).toBe(to);
      expect(reasons.at(-1)).toEqual(because('deploying-takes-tasks', cost));
    },
  );

  it('is no service for a run that asks by name', () => {
    const given = request({ machine: 'rollback', rollbackTo: 'redeploy', startedBy: 'arn:run' });
    const decision = decideRollback(given, assessment({ values: critical }), facts(of(50)));
    expect(decision).toMatchObject({
      action: 'hold',
      reasons: [asked, { code: 'takes-tasks-while-critical' }],
    });
  });

  it('is for a person who does not say what, no more than for a run', () => {
    expect(decide(undefined, of(50), undefined, critical).action).toBe('hold');
  });

  it.each<[string, ReturnType<typeof of>, RollbackDecision['action']]>([
    ['one more than the minimum runs', of(50, 5), 'hold'],
    ['no more than the minimum runs', of(50, 4), 'previous-task-definition'],
    ['the minimum is rounded up', of(34, 2, 3), 'previous-task-definition'],
    ['the minimum is rounded up, and one more runs', of(34, 3, 3), 'hold'],
    ['it has one task, which stays', of(50, 1, 1), 'previous-task-definition'],
    ['it may keep none', of(0, 1, 1), 'hold'],
  ])('%s', (_, part, action) => {
    expect(decide('automatic', part, undefined, critical).action).toBe(action);
  });

  it('costs nothing where ECS keeps all of them', () => {
    const decision = decide('automatic', { view: view({ desired: 3, running: 8 }) }, undefined, critical);
    expect(decision).toMatchObject({ action: 'previous-task-definition' });
    expect(decision.reasons).toHaveLength(2);
  });

  it('has a running deployment stopped: that takes no more tasks than to let it go on', () => {
    const deployments = [deployment(42, 600, 'IN_PROGRESS'), deployment(41, yesterday)];
    const decision = decide('automatic', { ...of(50), deployments }, undefined, critical);
    expect(decision).toMatchObject({ action: 'stop-deployment' });
    expect(decision.reasons).toHaveLength(2);
  });

  it('a repeated call knows its own deployment, however many tasks run by now', () => {
    const started = [deployment(41, -1, 'IN_PROGRESS'), deployment(42, 600), deployment(41, yesterday)];
    const decision = decide('automatic', { ...of(50), deployments: started }, undefined, critical);
    expect(decision).toMatchObject({ action: 'started', to: 'buywhere-api:41' });
  });

  it('gets the count that is asked for', () => {
    expect(decide('desired-count', of(50), 9, critical).reasons).toEqual([
      because('count-asked', { from: 8, to: 9 }),
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Assessment, Cause } from '../../../shared/document/assessment.ts';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Request } from '../../../shared/document/request.ts';
import { because } from '../../../shared/format/reasons.ts';
import { planScaleOut } from '../../../shared/plan/scale-out.ts';
import { startFailures } from '../../../shared/plan/scale-out-blockers.ts';
import {
  assessment,
  healthy,
  type MetricValues,
  production,
  request,
  service,
  throttled,
  unhealthy,
  view,
} from '../../support/builders.ts';

const evidence = because('traffic-flat');
const planned = (of: Request, seen: Assessment, plan?: Plan) =>
  planScaleOut(of, seen, service, production, { plan });
/** CPU is saturated, so that a task's capacity is taken from the configuration: nine tasks. */
const critical = { latencyP99Seconds: 5, requestRatePerMinute: 2400, cpuPercent: 95 };

describe('what more tasks cannot help', () => {
  const stopped = {
    kind: 'never-started' as const,
    reason: 'TaskFailedToStart: CannotPullContainerError: not found',
    count: 2,
  };

  it.each<[string, Partial<Assessment>, Plan['action']]>([
    ['two tasks stopped for the same reason', { stoppedTasks: [stopped] }, 'hold'],
    [
      'two tasks stopped for different reasons',
      {
        stoppedTasks: [
          { ...stopped, count: 1 },
          { kind: 'out-of-memory', reason: 'OutOfMemoryError', count: 1 },
        ],
      },
      'hold',
    ],
    ['two consecutive failed starts', { service: view({ failedTasks: 2 }) }, 'hold'],
    [
      'one failed start',
      { stoppedTasks: [{ ...stopped, count: 1 }], service: view({ failedTasks: 1 }) },
      'scale-out',
    ],
    ['an unknown service', { service: throttled }, 'hold'],
  ])('%s', (_, seen, action) => {
    const made = planned(request(), assessment({ values: critical, ...seen }));

    expect(made.action).toBe(action);
    expect(made.desired === undefined).toBe(action === 'hold');
  });

  it('says why they did not start, in the words of ECS', () => {
    const made = planned(request(), assessment({ values: critical, stoppedTasks: [stopped] }));

    const { count, reason } = stopped;
    expect(made.reasons).toEqual([because('tasks-cannot-start'), because('task-stopped', { count, reason })]);
  });

  const caused = (name: Cause['name'], confidence: Cause['confidence']): Partial<Assessment> => ({
    cause: { name, confidence, evidence: [evidence], against: [] },
  });
  it.each<[Cause['name'], Cause['confidence'], Plan['action']]>([
    ['deployment', 'high', 'roll-back'],
    ['deployment', 'medium', 'roll-back'],
    ['deployment', 'low', 'scale-out'],
    ['upstream-failure', 'high', 'escalate'],
    ['upstream-failure', 'low', 'scale-out'],
    ['slow-queries', 'medium', 'escalate'],
    ['slow-queries', 'low', 'scale-out'],
    ['traffic-spike', 'high', 'scale-out'],
    ['memory-pressure', 'high', 'scale-out'],
    ['unclear', 'low', 'scale-out'],
  ])('the cause %s, with %s confidence: %s', (name, confidence, action) => {
    const made = planned(request(), assessment({ values: critical, ...caused(name, confidence) }));

    expect(made.action).toBe(action);
    expect(made.reasons.some(({ code }) => code === evidence.code)).toBe(action !== 'scale-out');
  });

  it.each<[string, MetricValues, Partial<Assessment>, Plan['action']]>([
    ['a slow P95', { latencyP95Seconds: 3 }, {}, 'roll-back'],
    ['a slow P99', { latencyP99Seconds: 5 }, {}, 'roll-back'],
    ['errors', { errorRatePercent: 2 }, {}, 'roll-back'],
    ['bad health', {}, { health: { api: unhealthy, mcp: healthy } }, 'roll-back'],
    ['a failed rollout', {}, { service: view({ rollout: 'failed' }) }, 'roll-back'],
    ['high CPU alone', { cpuPercent: 95 }, {}, 'scale-out'],
    [
      'high CPU while it is rolled out',
      { cpuPercent: 95 },
      { service: view({ rollout: 'in-progress' }) },
      'scale-out',
    ],
    ['high CPU where ECS is unknown', { cpuPercent: 95 }, { service: throttled }, 'hold'],
  ])('a deployment is rolled back for what users suffer: %s', (_, values, seen, action) => {
    const of = request({ alert: 'HighCPU' });
    expect(planned(of, assessment({ values, ...caused('deployment', 'high'), ...seen })).action).toBe(action);
  });

  it.each<[Plan['action'], MetricValues, Partial<Assessment>, Reason[]]>([
    ['roll-back', critical, caused('deployment', 'high'), [because('deployment-to-blame'), evidence]],
    [
      'relieve-pool',
      { dbPoolPercent: 95, pgbouncerPoolPercent: 90 },
      {},
      [
        because('metric-critical', { metric: 'dbPoolPercent', value: 95 }),
        because('metric-critical', { metric: 'pgbouncerPoolPercent', value: 90 }),
        because('pool-first'),
      ],
    ],
    ['escalate', critical, caused('upstream-failure', 'medium'), [because('dependency-failed'), evidence]],
    ['escalate', critical, caused('slow-queries', 'high'), [because('database-slow'), evidence]],
  ])('says why it is to %s: %j', (action, values, seen, reasons) => {
    expect(planned(request(), assessment({ values, ...seen }))).toMatchObject({ action, reasons });
  });

  it.each<[Request['alert'], Cause['name'], Plan['action']]>([
    ['DatabasePoolExhausted', 'pool-exhaustion', 'relieve-pool'],
    ['DatabasePoolExhausted', 'unclear', 'none'],
    ['HighLatencyP95', 'pool-exhaustion', 'watch'],
  ])('for %s with the cause %s, no pool being critical: %s', (alert, cause, action) => {
    expect(planned(request({ alert }), assessment(caused(cause, 'medium'))).action).toBe(action);
  });

  it('tasks that leak memory stop too, but new ones can start', () => {
    const killed = {
      stoppedTasks: [{ kind: 'out-of-memory' as const, reason: 'OutOfMemoryError', count: 3 }],
      ...caused('memory-pressure', 'high'),
    };
    expect(planned(request(), assessment({ values: critical, ...killed })).action).toBe('scale-out');
  });

  it('takes the service events that matter, each once', () => {
    const place =
      "(service api) was unable to place a task. Reason: You've reached the limit on the number of vCPUs";
    const placing = { at: '', kind: 'cannot-place' as const, message: place };
    const steady = { at: '', kind: 'steady' as const, message: '(service api) has reached a steady state.' };
    const events = [placing, placing, steady];
    expect(startFailures(view({ events }), [])).toEqual([because('ecs-event', { message: place })]);
  });

  it('takes five reasons at most', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((reason) => ({
      kind: 'never-started' as const,
      reason,
      count: 1,
    }));
    const said = ['a', 'b', 'c', 'd', 'e'].map((reason) => because('task-stopped', { reason, count: 1 }));
    expect(startFailures(view(), many)).toEqual(said);
  });
});

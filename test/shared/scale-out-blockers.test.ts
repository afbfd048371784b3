import { describe, expect, it } from '@jest/globals';
import type { Assessment, Cause, Plan, Request } from '../../shared/document.ts';
import { startFailures } from '../../shared/scale-out-blockers.ts';
import { planScaleOut } from '../../shared/scale-out-plan.ts';
import { assessment, production, request, service, view } from '../support/builders.ts';

const planned = (of: Request, seen: Assessment, plan?: Plan) =>
  planScaleOut(of, seen, service, production, { plan });
/** CPU is saturated, so that a task's capacity is taken from the configuration: nine tasks. */
const critical = { latencyP99Seconds: 5, requestRatePerMinute: 2400, cpuPercent: 95 };

describe('what more tasks cannot help', () => {
  const stopped = { reason: 'TaskFailedToStart: CannotPullContainerError: not found', count: 2 };

  it.each<[string, Partial<Assessment>, Plan['action']]>([
    ['two tasks stopped for the same reason', { stoppedTasks: [stopped] }, 'hold'],
    [
      'two tasks stopped for different reasons',
      {
        stoppedTasks: [
          { ...stopped, count: 1 },
          { reason: 'OutOfMemoryError', count: 1 },
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
    ['an unknown service', { service: { unknown: 'ECS service: TimeoutError' } }, 'hold'],
  ])('%s', (_, seen, action) => {
    const made = planned(request(), assessment({ values: critical, ...seen }));

    expect(made.action).toBe(action);
    expect(made.desired === undefined).toBe(action === 'hold');
  });

  it('says why they did not start, in the words of ECS', () => {
    const made = planned(request(), assessment({ values: critical, stoppedTasks: [stopped] }));

    expect(made.reasons).toEqual([
      'tasks cannot start, so more of them would not help',
      `2 × ${stopped.reason}`,
    ]);
  });

  const because = (name: Cause['name'], confidence: Cause['confidence']): Partial<Assessment> => ({
    cause: { name, confidence, evidence: ['evidence'], against: [] },
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
    const made = planned(request(), assessment({ values: critical, ...because(name, confidence) }));

    expect(made.action).toBe(action);
    expect(made.reasons.includes('evidence')).toBe(action !== 'scale-out');
  });

  it('tasks that leak memory stop too, but new ones can start', () => {
    const killed = {
      stoppedTasks: [{ reason: 'OutOfMemoryError', count: 3 }],
      ...because('memory-pressure', 'high'),
    };
    expect(planned(request(), assessment({ values: critical, ...killed })).action).toBe('scale-out');
  });

  it('takes the service events that matter, each once', () => {
    const place =
      "(service api) was unable to place a task. Reason: You've reached the limit on the number of vCPUs";
    const events = [place, place, '(service api) has reached a steady state.'].map((message) => ({
      at: '',
      message,
    }));
    expect(startFailures(view({ events }), [])).toEqual([place]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import type { SimulatedService } from '../../../sandbox/world/model/types.ts';
import { startWorld } from './fixture.ts';

const stopped = (service: SimulatedService) =>
  service.tasks.filter((task) => task.desiredStatus === 'STOPPED');
const at = (from: number) => ({ from, until: from + 1 });

describe('tasks that are taken away', () => {
  it.each<[Trouble, string, string]>([
    [{ kind: 'spot-reclaim', tasks: 2, ...at(30) }, 'SpotInterruption', 'Your Spot Task was interrupted.'],
    [
      { kind: 'out-of-memory', tasks: 2, ...at(30) },
      'EssentialContainerExited',
      'OutOfMemoryError: Container killed due to memory usage',
    ],
  ])('%j: the oldest stop and the scheduler replaces them', (trouble, stopCode, stoppedReason) => {
    const { service, at: moveTo } = startWorld({ troubles: [trouble] });
    moveTo(31);
    expect(service.runningCount).toBe(1);
    expect(stopped(service)).toHaveLength(2);
    expect(stopped(service)[0]).toMatchObject({ stopCode, stoppedReason, startedAt: expect.any(Number) });
    moveTo(120);
    expect(service.runningCount).toBe(3);
    expect(service.deployments[0]?.failedTasks).toBe(0);
  });

  it('the load balancer has overloaded tasks stopped, one after the other, under the stop code of a scale-in', () => {
    const trouble: Trouble = { kind: 'load-balancer-kills', failsAfterSeconds: 40, from: 0, until: 200 };
    const overloaded = { arrivals: () => 60, queueSlots: 60 };
    const { service, at: moveTo } = startWorld({ ...overloaded, troubles: [trouble] });
    moveTo(200);
    const [first] = stopped(service);
    expect(first?.stopCode).toBe('ServiceSchedulerInitiated');
    expect(first?.stoppedReason).toMatch(/^Task failed ELB health checks in \(target-group arn:aws:/);
    const times = new Set(stopped(service).map(({ stoppingAt }) => stoppingAt));
    expect(times.size).toBeGreaterThan(1);
    const calm = startWorld({ ...overloaded });
    calm.at(200);
    expect(stopped(calm.service)).toHaveLength(0);
  });
});

describe('deployments by others', () => {
  it('a restart deploys the same revision, also in the history before the start', () => {
    const { service, at: moveTo } = startWorld({
      troubles: [{ kind: 'restart', ...at(-600) }],
      historySeconds: 1800,
    });
    moveTo(0);
    expect(service.taskDefinition).toBe('api:42');
    expect(service.history.map(({ taskDefinition, status }) => `${taskDefinition} ${status}`)).toEqual([
      'api:42 SUCCESSFUL',
      'api:42 SUCCESSFUL',
      'api:41 SUCCESSFUL',
    ]);
    expect(service.runningCount).toBe(3);
  });

  it('minimumHealthyPercent 50 and maximumPercent 100 stop old tasks before new ones start', () => {
    const { service, at: moveTo } = startWorld({
      desiredCount: 4,
      minimumHealthyPercent: 50,
      maximumPercent: 100,
    });
    service.deploy('api:42');
    moveTo(20);
    expect(service.tasks.filter(({ healthy }) => healthy)).toHaveLength(2);
    const active = service.tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    expect(active).toHaveLength(4);
    moveTo(400);
    expect(service.history[0]?.status).toBe('SUCCESSFUL');
  });
});

describe('a deployment that pauses', () => {
  const paused = (hook: { timeoutMinutes?: number; timeoutAction?: 'CONTINUE' } = {}) => {
    const fixture = startWorld({
      troubles: [{ kind: 'deployment-pause', ...hook, from: 0, until: 100 }],
      revisions: { 43: {} },
    });
    fixture.service.deploy('api:43');
    fixture.at(200);
    return fixture;
  };

  it('waits without a task of its own, and the service still scales', () => {
    const { service, at: moveTo } = paused();
    service.setDesiredCount(5);
    moveTo(300);
    expect(service.runningCount).toBe(5);
    expect(service.deployments).toMatchObject([
      { status: 'PRIMARY', taskDefinition: 'api:43', rolloutState: 'IN_PROGRESS', runningCount: 0 },
      { status: 'ACTIVE', taskDefinition: 'api:42', runningCount: 5 },
    ]);
  });

  it('goes on when it is continued', () => {
    const { service, at: moveTo } = paused();
    service.endPause('CONTINUE');
    moveTo(500);
    expect(service.history[0]).toMatchObject({ taskDefinition: 'api:43', status: 'SUCCESSFUL' });
    expect(() => service.endPause('CONTINUE')).toThrow('no deployment waits for an action');
  });

  it("does its hook's action when its time is over", () => {
    const back = paused({ timeoutMinutes: 5 });
    back.at(600);
    expect(back.service.history[0]).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
    const on = paused({ timeoutMinutes: 5, timeoutAction: 'CONTINUE' });
    on.at(600);
    expect(on.service.history[0]).toMatchObject({ taskDefinition: 'api:43', status: 'SUCCESSFUL' });
  });

  it('goes back when it is rolled back, and when nobody acts for a day', () => {
    const byHand = paused();
    byHand.service.endPause('ROLLBACK');
    byHand.at(600);
    expect(byHand.service.taskDefinition).toBe('api:42');
    expect(byHand.service.history[0]).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      pause: { status: 'FAILED' },
    });
    const forgotten = paused();
    forgotten.at(86_400 + 600);
    expect(forgotten.service.history[0]).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      pause: { status: 'TIMED_OUT' },
    });
  });
});

describe('traffic and neighbours', () => {
  it('vanishes as far as the trouble says', () => {
    const { latest, at: moveTo } = startWorld({
      troubles: [{ kind: 'traffic', factor: 0.02, from: 0, until: 900 }],
    });
    moveTo(600);
    expect(latest('RequestCount', 'Sum')).toBeLessThan(30);
  });

  it("a neighbour's errors are in the load balancer's counts and not in the service's", () => {
    const { latest, at: moveTo } = startWorld({
      troubles: [
        {
          kind: 'neighbour',
          requestsPerMinute: 6000,
          targetErrorsPerMinute: 30,
          errorsPerMinute: 300,
          from: 0,
          until: 900,
        },
      ],
    });
    moveTo(600);
    expect(latest('LoadBalancer.HTTPCode_ELB_5XX_Count', 'Sum')).toBe(300);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeUndefined();
    expect(latest('LoadBalancer.HTTPCode_Target_5XX_Count', 'Sum')).toBe(30);
    expect(latest('HTTPCode_Target_5XX_Count', 'Sum')).toBeUndefined();
    const own = latest('RequestCount', 'Sum') ?? 0;
    expect(latest('LoadBalancer.RequestCount', 'Sum')).toBe(own + 6000);
  });
});

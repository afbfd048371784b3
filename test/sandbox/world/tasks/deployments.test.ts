import { describe, expect, it } from '@jest/globals';
import type { SimulatedService } from '../../../../sandbox/world/model/types.ts';
import { circuitBreakerThreshold } from '../../../../sandbox/world/tasks/rollout.ts';
import { START, startWorld } from '../fixture.ts';

const definitions = (service: SimulatedService): string[] => [
  ...new Set(
    service.tasks.filter((task) => task.desiredStatus === 'RUNNING').map((task) => task.taskDefinition),
  ),
];

describe('before anything happens', () => {
  it('has a completed deployment, the one before it in the history, and earlier revisions', () => {
    const { service } = startWorld();
    expect(service.taskDefinition).toBe('api:42');
    expect([...service.taskDefinitions.keys()]).toEqual(['api:40', 'api:41', 'api:42']);
    expect(service.history.map(({ taskDefinition, status }) => [taskDefinition, status])).toEqual([
      ['api:42', 'SUCCESSFUL'],
      ['api:41', 'SUCCESSFUL'],
    ]);
    expect(service.history[0]?.finishedAt).toBeLessThan(START);
    expect(service.deployments[0]?.id).toMatch(/^ecs-svc\/[0-9]{19}$/);
  });
});

describe('a rolling deployment', () => {
  it('keeps enough healthy tasks, at most twice the count, and completes', () => {
    const { at, service } = startWorld({ revisions: { 43: {} } });
    at(10);
    service.deploy('api:43');
    for (let seconds = 11; seconds < 120; seconds += 1) {
      at(seconds);
      const active = service.tasks.filter((task) => task.desiredStatus === 'RUNNING');
      expect(active.filter((task) => task.healthy).length).toBeGreaterThanOrEqual(3);
      expect(active.length).toBeLessThanOrEqual(6);
      if (seconds === 30) {
        expect(service.deployments.map(({ status, rolloutState }) => [status, rolloutState])).toEqual([
          ['PRIMARY', 'IN_PROGRESS'],
          ['ACTIVE', 'COMPLETED'],
        ]);
        expect(service.history[0]).toMatchObject({ taskDefinition: 'api:43', status: 'IN_PROGRESS' });
      }
    }
    expect(service.deployments).toHaveLength(1);
    expect(service.deployments[0]).toMatchObject({ rolloutState: 'COMPLETED', taskDefinition: 'api:43' });
    expect(service.history[0]).toMatchObject({ status: 'SUCCESSFUL' });
    expect(definitions(service)).toEqual(['api:43']);
  });

  it('replaces all tasks when the same definition is forced', () => {
    const { at, service } = startWorld();
    const before = service.tasks.map((task) => task.id);
    service.deploy('api:42');
    at(200);
    const after = service.tasks.filter((task) => task.healthy).map((task) => task.id);
    expect(after).toHaveLength(3);
    expect(before.some((id) => after.includes(id))).toBe(false);
  });

  it('refuses a definition that is not ACTIVE', () => {
    const { service } = startWorld();
    expect(() => service.deploy('api:99')).toThrow('task definition api:99 is not ACTIVE');
    expect(() => startWorld({ troubles: [{ kind: 'deployment', revision: 50, from: 1, until: 2 }] })).toThrow(
      'api:50',
    );
  });

  it('goes on when the count is raised meanwhile', () => {
    const { at, service } = startWorld();
    service.deploy('api:41');
    at(20);
    service.setDesiredCount(6);
    at(300);
    expect(service.runningCount).toBe(6);
    expect(definitions(service)).toEqual(['api:41']);
    expect(service.deployments[0]?.rolloutState).toBe('COMPLETED');
  });
});

describe('a deployment that fails', () => {
  it.each([
    [1, 3],
    [6, 3],
    [10, 5],
    [1000, 200],
  ])('with %d desired tasks the circuit breaker trips at %d failures', (desired, threshold) => {
    expect(circuitBreakerThreshold(desired)).toBe(threshold);
  });

  it.each([
    ['fails its health checks', { failsHealthCheck: true }],
    ['exits at once', { exitsAfterSeconds: 2 }],
  ])('is rolled back by the circuit breaker when it %s', (_, behaviour) => {
    const { at, latest, service } = startWorld({ revisions: { 43: behaviour } });
    service.deploy('api:43');
    at(600);
    expect(service.taskDefinition).toBe('api:42');
    expect(definitions(service)).toEqual(['api:42']);
    expect(service.history.map(({ status }) => status)).toEqual([
      'ROLLBACK_SUCCESSFUL',
      'SUCCESSFUL',
      'SUCCESSFUL',
    ]);
    expect(service.deployments[0]).toMatchObject({ rolloutState: 'COMPLETED' });
    expect(
      service.events.some(({ message }) => message.includes('deployment failed: tasks failed to start')),
    ).toBe(true);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeUndefined();
  });

  it('stays in progress without a circuit breaker', () => {
    const { at, service } = startWorld({
      revisions: { 43: { failsHealthCheck: true } },
      circuitBreaker: { enable: false, rollback: false },
    });
    service.deploy('api:43');
    at(600);
    expect(service.deployments[0]).toMatchObject({ rolloutState: 'IN_PROGRESS', taskDefinition: 'api:43' });
    expect(service.tasks.filter((task) => task.healthy)).toHaveLength(3);
    service.rollBackDeployment();
    at(900);
    expect(service.taskDefinition).toBe('api:42');
    expect(service.deployments).toHaveLength(1);
    expect(service.history[0]?.status).toBe('ROLLBACK_SUCCESSFUL');
  });

  it('that is slow and faulty completes, and shows in latency and target errors', () => {
    const { at, latest, service } = startWorld({
      revisions: { 43: { cost: 1.8, errorShare: 0.05 } },
      troubles: [{ kind: 'deployment', revision: 43, from: 60, until: 61 }],
    });
    at(600);
    expect(service.taskDefinition).toBe('api:43');
    expect(latest('TargetResponseTime', 'p99')).toBeGreaterThan(2);
    const requests = latest('RequestCount', 'Sum') ?? 0;
    expect((latest('HTTPCode_Target_5XX_Count', 'Sum') ?? 0) / requests).toBeCloseTo(0.05, 2);
  });

  it('cannot be stopped once it is over', () => {
    const { service } = startWorld();
    expect(() => service.rollBackDeployment()).toThrow('no deployment is in progress');
  });
});

import { describe, expect, it } from '@jest/globals';
import type { SimulatedService, TaskStatus } from '../../../../sandbox/world/model/types.ts';
import { START, startWorld } from '../fixture.ts';

const newest = (service: SimulatedService) => service.tasks.at(-1);
const messages = (service: SimulatedService): string =>
  service.events.map((event) => event.message).join('\n');

describe('starting a task', () => {
  it.each<[number, TaskStatus, boolean]>([
    [1, 'PROVISIONING', false],
    [15, 'PROVISIONING', false],
    [25, 'PENDING', false],
    [36, 'ACTIVATING', false],
    [45, 'RUNNING', false],
    [60, 'RUNNING', true],
  ])('%d s after the count was raised it is %s, healthy: %s', (seconds, status, healthy) => {
    const { at, service } = startWorld();
    at(100);
    service.setDesiredCount(4);
    expect(service.desiredCount).toBe(4);
    expect(service.runningCount).toBe(3);
    at(100 + seconds);
    expect(newest(service)).toMatchObject({ lastStatus: status, desiredStatus: 'RUNNING', healthy });
    expect(service.pendingCount).toBe(status === 'RUNNING' ? 0 : 1);
    expect(service.runningCount).toBe(status === 'RUNNING' ? 4 : 3);
  });

  it('keeps one PRIMARY COMPLETED deployment when only the count changes', () => {
    const { at, service } = startWorld();
    at(10);
    service.setDesiredCount(8);
    at(30);
    expect(service.deployments).toHaveLength(1);
    expect(service.deployments[0]).toMatchObject({
      status: 'PRIMARY',
      rolloutState: 'COMPLETED',
      desiredCount: 8,
      runningCount: 3,
      pendingCount: 5,
    });
    expect(newest(service)?.deploymentId).toBe(service.deployments[0]?.id);
    expect(messages(service)).toMatch(/^\(service api\) has started 5 tasks: \(task [0-9a-f]{32}\) /);
    at(120);
    expect(service.events[0]?.message).toBe('(service api) has reached a steady state.');
  });

  it('takes as long as it was told to', () => {
    const { at, service } = startWorld({ taskStartSeconds: 120, healthCheckSeconds: 30 });
    service.setDesiredCount(4);
    at(100);
    expect(service.runningCount).toBe(3);
    at(140);
    expect(service.runningCount).toBe(4);
    expect(newest(service)?.healthy).toBe(false);
    at(175);
    expect(newest(service)?.healthy).toBe(true);
  });

  it('launches at most 500 tasks of a service in a minute', () => {
    const { at, service } = startWorld();
    service.setDesiredCount(2000);
    at(60);
    const launched = service.tasks.length - 3;
    expect(launched).toBeGreaterThan(480);
    expect(launched).toBeLessThanOrEqual(520);
  });

  it('does nothing when the count stays, and refuses a count that is none', () => {
    const { at, service } = startWorld();
    const { updatedAt } = service.deployments[0] ?? {};
    at(50);
    service.setDesiredCount(3);
    expect(service.deployments[0]?.updatedAt).toBe(updatedAt);
    for (const count of [-1, 1.5, Number.NaN])
      expect(() => service.setDesiredCount(count)).toThrow(RangeError);
    expect(service.desiredCount).toBe(3);
  });
});

describe('stopping a task', () => {
  it.each<[number, TaskStatus]>([
    [2, 'DEACTIVATING'],
    [29, 'DEACTIVATING'],
    [32, 'STOPPING'],
    [36, 'DEPROVISIONING'],
    [45, 'STOPPED'],
  ])('%d s after the count was lowered it is %s', (seconds, status) => {
    const { at, service } = startWorld();
    at(100);
    service.setDesiredCount(2);
    at(100 + seconds);
    const stopping = service.tasks.find((task) => task.desiredStatus === 'STOPPED');
    expect(stopping).toMatchObject({
      lastStatus: status,
      healthy: false,
      stopCode: 'ServiceSchedulerInitiated',
      stoppingAt: START + 101_000,
    });
    expect(service.runningCount).toBe(2);
  });

  it('shows the stopped task for an hour', () => {
    const { at, service } = startWorld();
    service.setDesiredCount(2);
    at(3600);
    expect(service.tasks).toHaveLength(3);
    at(3700);
    expect(service.tasks).toHaveLength(2);
  });

  it('lets a task finish its queue while it drains', () => {
    const { at, latest, service } = startWorld({ arrivals: (seconds) => (seconds < 60 ? 28 : 5) });
    at(60);
    service.setDesiredCount(2);
    at(240);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeUndefined();
    expect(service.runningCount).toBe(2);
  });

  it('takes tasks that do not serve yet before those that do', () => {
    const { at, service } = startWorld();
    service.setDesiredCount(5);
    at(20);
    service.setDesiredCount(3);
    at(25);
    const stopped = service.tasks.filter((task) => task.desiredStatus === 'STOPPED');
    expect(stopped.map((task) => task.lastStatus)).toEqual(['DEPROVISIONING', 'DEPROVISIONING']);
    expect(service.runningCount).toBe(3);
  });
});

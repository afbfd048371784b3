import { describe, expect, it } from '@jest/globals';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import type { SimulatedService } from '../../../sandbox/world/model/types.ts';
import { startWorld } from './fixture.ts';

const ALWAYS = { from: 0, until: 1e9 };
const stopped = (service: SimulatedService) =>
  service.tasks.filter((task) => task.desiredStatus === 'STOPPED');
const said = (service: SimulatedService, text: string): number =>
  service.events.filter((event) => event.message.includes(text)).length;

/** Scales from 3 to 6 tasks at once and waits. */
function scaleUnder(trouble: Trouble, seconds: number) {
  const fixture = startWorld({ troubles: [trouble] });
  fixture.service.setDesiredCount(6);
  fixture.at(seconds);
  return fixture;
}

describe('new tasks that do not start', () => {
  it.each(['CannotPullContainerError', 'ResourceInitializationError'] as const)('%s', (error) => {
    const { at, service } = scaleUnder({ kind: 'start-failure', error, ...ALWAYS }, 120);
    expect(service.runningCount).toBe(3);
    expect(stopped(service)[0]).toMatchObject({ stopCode: 'TaskFailedToStart' });
    expect(stopped(service)[0]?.stoppedReason?.startsWith(`${error}: `)).toBe(true);
    expect(stopped(service)[0]?.startedAt).toBeUndefined();
    expect(service.deployments[0]?.failedTasks).toBe(6);
    expect(said(service, 'is unable to consistently start tasks successfully')).toBe(1);
    at(3600);
    // The back-off doubles up to 15 minutes; without it there would be some 80 rounds.
    expect(stopped(service).length).toBeLessThan(40);
  });

  it('start again when the trouble is over, and the count of failures is forgotten', () => {
    const trouble: Trouble = { kind: 'start-failure', error: 'CannotPullContainerError', from: 0, until: 60 };
    const { service } = scaleUnder(trouble, 300);
    expect(service.runningCount).toBe(6);
    expect(service.deployments[0]?.failedTasks).toBe(0);
  });

  it('exit in a loop: they reach RUNNING, but never get traffic', () => {
    const { service } = scaleUnder({ kind: 'crash-loop', exitsAfterSeconds: 5, ...ALWAYS }, 200);
    const [task] = stopped(service);
    expect(task).toMatchObject({ stopCode: 'EssentialContainerExited', healthy: false });
    expect(task?.stoppedReason).toBe('Essential container in task exited');
    expect((task?.stoppingAt ?? 0) - (task?.startedAt ?? 0)).toBe(5000);
    expect(service.tasks.filter((each) => each.healthy)).toHaveLength(3);
  });

  it('find no capacity: what fits is placed, the rest is an event with the quota', () => {
    const { service } = scaleUnder({ kind: 'no-capacity', spareTasks: 1, ...ALWAYS }, 200);
    expect(service.runningCount).toBe(4);
    expect(service.pendingCount).toBe(0);
    expect(stopped(service)).toHaveLength(0);
    expect(said(service, "You've reached the limit on the number of vCPUs you can run concurrently")).toBe(4);
    expect(service.deployments[0]?.failedTasks).toBeGreaterThan(0);
  });
});

describe('what goes wrong while tasks run', () => {
  it('a memory leak slows tasks down until they are killed and replaced', () => {
    const trouble: Trouble = { kind: 'memory-leak', percentPerHour: 120, from: 0, until: 2400 };
    const { at, latest, service } = startWorld({ troubles: [trouble] });
    at(600);
    expect(latest('MemoryUtilization', 'Average')).toBeGreaterThan(58);
    expect(latest('TargetResponseTime', 'p99')).toBeLessThan(0.6);
    at(1500);
    expect(latest('TargetResponseTime', 'p99')).toBeGreaterThan(1);
    at(2300);
    expect(stopped(service)[0]).toMatchObject({ stopCode: 'EssentialContainerExited' });
    expect(stopped(service)[0]?.stoppedReason).toContain('OutOfMemoryError');
    at(3000);
    expect(service.runningCount).toBe(3);
    expect(latest('MemoryUtilization', 'Average')).toBeLessThan(80);
  });

  it('failed health checks empty the target group, and ECS replaces the tasks', () => {
    const { at, service } = startWorld({ troubles: [{ kind: 'api-down', from: 60, until: 300 }] });
    at(90);
    expect(service.health('api')).toMatchObject({ status: 503 });
    expect(service.runningCount).toBe(3);
    at(125);
    expect(stopped(service)).toHaveLength(3);
    expect(stopped(service)[0]?.stoppedReason).toContain('Task failed ELB health checks');
    at(700);
    expect(service.health('api')).toMatchObject({ status: 200 });
  });

  it('without the database every answer is a 5xx of the target', () => {
    const { at, latest, service } = startWorld({ troubles: [{ kind: 'database-down', ...ALWAYS }] });
    at(180);
    expect(latest('HTTPCode_Target_5XX_Count', 'Sum')).toBe(latest('RequestCount', 'Sum'));
    const health = service.health('api');
    expect(health).toMatchObject({ status: 503, body: expect.stringContaining('"database":"down"') });
  });

  it('without Redis requests cost more, and the health endpoint says so', () => {
    const { at, latest, service } = startWorld({ troubles: [{ kind: 'redis-down', ...ALWAYS }] });
    at(180);
    expect(latest('CPUUtilization', 'Average')).toBeGreaterThan(75);
    expect(latest('TargetResponseTime', 'p99')).toBeGreaterThan(2);
    expect(service.health('mcp')).toMatchObject({
      status: 503,
      body: expect.stringContaining('"redis":"down"'),
    });
  });

  it('a job fills a cache that may remove nothing: writes fail, and what expires is gone', () => {
    const { at, latest, service } = startWorld({
      troubles: [{ kind: 'redis-fills', mebibytesPerMinute: 240, from: 0, until: 600 }],
      cache: { policy: 'noeviction' },
    });
    at(30);
    expect(service.health('api')).toMatchObject({ status: 200 });
    at(300);
    const requests = latest('RequestCount', 'Sum') ?? 0;
    expect(latest('HTTPCode_Target_5XX_Count', 'Sum')).toBeCloseTo(0.1 * requests, -1);
    expect(service.health('api')).toMatchObject({
      status: 503,
      body: expect.stringContaining('"redis":"down"'),
    });
    const { counters, groups } = service.cache().state;
    expect(counters.outOfMemory).toBeGreaterThan(1000);
    expect(groups[0]?.count).toBeLessThan(39_000);
    at(605);
    expect(service.health('api')).toMatchObject({ status: 200 });
    expect(service.cache().state.groups.at(-1)?.count).toBe(0);
  });

  it('the same job and a policy: keys go to make room, those of the job first, and nobody notices', () => {
    const { at, latest, service } = startWorld({
      troubles: [{ kind: 'redis-fills', mebibytesPerMinute: 240, ...ALWAYS }],
    });
    at(300);
    expect(latest('HTTPCode_Target_5XX_Count', 'Sum')).toBeUndefined();
    expect(service.cache().state.counters.evicted).toBeGreaterThan(1000);
    expect(service.cache().state.groups[0]?.count).toBe(40_000);
  });

  it('requests wait for a cache that lists all its keys', () => {
    const slow: Trouble = { kind: 'redis-slow', milliseconds: 1200, everySeconds: 2, from: 10, until: 200 };
    const { at, latest, service } = startWorld({ troubles: [slow] });
    at(190);
    expect(latest('TargetResponseTime', 'Average')).toBeCloseTo(0.1 + (5 * 1.2 ** 2) / 4, 1);
    expect(latest('CPUUtilization', 'Average')).toBeLessThan(70);
    expect(service.cache().slow?.[0]).toMatchObject({ milliseconds: 1200, words: ['KEYS', '*'] });
    at(400);
    // They stay in its log.
    expect(service.cache().slow).toHaveLength(95);
    expect(service.health('api')).toMatchObject({ status: 200 });
  });

  it('a cache that loads says for how long, and is missed like one that is gone', () => {
    const { at, latest, service } = startWorld({
      troubles: [{ kind: 'redis-loading', from: 0, until: 240 }],
    });
    at(180);
    expect(service.cache()).toMatchObject({ down: false, loading: { secondsLeft: 60 } });
    expect(latest('CPUUtilization', 'Average')).toBeGreaterThan(75);
    at(240);
    expect(service.cache().loading).toBeUndefined();
    expect(service.health('api')).toMatchObject({ status: 200 });
  });

  it.each(['replica', 'snapshot'] as const)('a cache that takes no write fails one in ten: %s', (because) => {
    const { at, latest, service } = startWorld({
      troubles: [{ kind: 'redis-read-only', because, ...ALWAYS }],
    });
    at(180);
    const requests = latest('RequestCount', 'Sum') ?? 0;
    expect(latest('HTTPCode_Target_5XX_Count', 'Sum')).toBeCloseTo(0.1 * requests, -1);
    expect(service.cache()).toMatchObject({ readOnly: because });
  });

  it('others hold the connections of the cache: one task of three goes without', () => {
    const { at, service } = startWorld({
      troubles: [{ kind: 'redis-clients-held', clients: 9998, ...ALWAYS }],
    });
    at(60);
    expect(service.cache()).toMatchObject({ clients: 10_001 });
    expect(service.cache().state.counters.rejected).toBeCloseTo(60, 5);
    expect(service.databasePools().holdSeconds).toBeCloseTo(0.04 * (1 + 5 / 3), 5);
  });

  it('one endpoint can be down alone', () => {
    const { at, service } = startWorld({ troubles: [{ kind: 'endpoint-down', endpoint: 'mcp', ...ALWAYS }] });
    at(10);
    expect(service.health('mcp')).toBe('timeout');
    expect(service.health('api')).toMatchObject({ status: 200 });
  });

  it('bots raise the request rate more than the CPU', () => {
    const bots: Trouble = { kind: 'bots', requestsPerSecond: 40, cost: 0.1, ...ALWAYS };
    const { at, latest } = startWorld({ troubles: [bots] });
    at(180);
    expect(latest('RequestCount', 'Sum')).toBeGreaterThan(2900);
    expect(latest('CPUUtilization', 'Average')).toBeLessThan(80);
    expect(latest('HTTPCode_ELB_5XX_Count', 'Sum')).toBeUndefined();
  });
});

describe('the connection pool', () => {
  it('slow queries: latency and pool usage rise, the CPU does not', () => {
    const { at, latest } = startWorld({ troubles: [{ kind: 'slow-queries', factor: 60, ...ALWAYS }] });
    at(180);
    expect(latest('TargetResponseTime', 'p99')).toBeGreaterThan(2.5);
    expect(latest('DBPoolUsage', 'Average')).toBeGreaterThan(70);
    expect(latest('CPUUtilization', 'Average')).toBeLessThan(60);
  });

  it('exhausted: requests wait for connections, and more tasks make it worse', () => {
    const troubles: Trouble[] = [
      { kind: 'connections-held', connections: 69, ...ALWAYS },
      { kind: 'slow-queries', factor: 60, ...ALWAYS },
    ];
    const before = startWorld({ troubles });
    before.at(600);
    expect(before.latest('DBPoolUsage', 'Average')).toBeGreaterThan(90);
    expect(before.latest('PgBouncerPoolUsage', 'Average')).toBeGreaterThan(90);
    expect(before.latest('PgBouncerWaitTime', 'Average')).toBeGreaterThan(100);
    expect(before.latest('CPUUtilization', 'Average')).toBeLessThan(60);
    const after = startWorld({ troubles });
    after.service.setDesiredCount(5);
    after.at(600);
    const errors = (fixture: typeof after): number => fixture.latest('HTTPCode_ELB_5XX_Count', 'Sum') ?? 0;
    expect(errors(after)).toBeGreaterThan(errors(before) + 100);
    expect(after.latest('PgBouncerWaitTime', 'Average')).toBeGreaterThan(10_000);
  });

  it('refuses clients beyond MAX_CLIENT_CONN', () => {
    const { at, latest } = startWorld({ dbPool: { maxClientConnections: 15 } });
    at(180);
    const requests = latest('RequestCount', 'Sum') ?? 0;
    expect((latest('HTTPCode_Target_5XX_Count', 'Sum') ?? 0) / requests).toBeCloseTo(0.5, 2);
  });
});

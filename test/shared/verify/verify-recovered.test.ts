import { describe, expect, it } from '@jest/globals';
import type { MetricName } from '../../../shared/config/metric-catalogue.ts';
import type { Cause } from '../../../shared/document/assessment.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Verification } from '../../../shared/document/verification.ts';
import { because } from '../../../shared/format/reasons.ts';
import type { Check } from '../../../shared/verify/check.ts';
import {
  assessment,
  healthy,
  type MetricValues,
  now,
  plan,
  production,
  request,
  secondsLater,
  throttled,
  unhealthy,
  view,
} from '../../support/builders.ts';
import { check, earlier, type Part } from '../../support/checks.ts';
import { stopped } from '../../support/clues.ts';

const nine = { service: view({ desired: 9, running: 9 }) };
const settled = (seconds: number) => earlier('recovered', seconds, { settledSince: secondsLater(-seconds) });
/** Traffic is unknown, so only the patience decides. */
const blind = { latencyP99Seconds: 5, requestRatePerMinute: 'unknown' } as const;
const critical = { latencyP99Seconds: 5, requestRatePerMinute: 5000 };

const all = because('tasks-run', { running: 9, wanted: 9 });
const better = (metric: MetricName, value: number, before?: number) =>
  because('metric-better', { metric, ...(before === undefined ? {} : { before }), value, level: 'ok' });

describe('after a scale-out', () => {
  it.each<
    [string, Part, Partial<Check>, Verification['state'], Pick<Reason, 'code'> & Record<string, unknown>]
  >([
    [
      'waits while tasks start',
      { service: view({ desired: 9, running: 5, pending: 4 }) },
      {},
      'waiting',
      { code: 'tasks-starting', running: 5, wanted: 9, pending: 4 },
    ],
    [
      'waits while the count is still on its way',
      { service: view() },
      {},
      'waiting',
      { code: 'tasks-starting', running: 3, wanted: 9, pending: 0 },
    ],
    [
      'waits when ECS does not answer',
      { service: throttled },
      {},
      'waiting',
      { code: 'service-unknown', why: 'throttled by AWS' },
    ],
    [
      'waits for the health endpoint',
      { ...nine, health: { api: unhealthy, mcp: healthy } },
      settled(60),
      'waiting',
      { code: 'health', endpoint: 'api', detail: '503 in 9 ms' },
    ],
    [
      'waits where the metric that fired is unknown',
      { ...nine, values: { latencyP99Seconds: 'unknown' } },
      settled(60),
      'waiting',
      { code: 'no-datapoint-yet', metric: 'latencyP99Seconds' },
    ],
    [
      'is there once they run and nothing is critical',
      nine,
      settled(60),
      'reached',
      better('latencyP99Seconds', 0.5, 5),
    ],
    [
      'is there although traffic stays high',
      { ...nine, values: { requestRatePerMinute: 2400 } },
      settled(60),
      'reached',
      all,
    ],
    [
      'plans again at once when the traffic needs more, while tasks still start',
      { service: view({ desired: 9, running: 5, pending: 4 }), values: { requestRatePerMinute: 2800 } },
      {},
      'more',
      { code: 'traffic-grew', asked: 9, needed: 11 },
    ],
    [
      'does so within the guards only: 20 tasks are all that may be',
      { service: view({ desired: 20, running: 12, pending: 8 }), values: { requestRatePerMinute: 50_000 } },
      { plan: plan({ desired: { from: 3, to: 20 } }) },
      'waiting',
      { code: 'tasks-starting', running: 12, wanted: 20 },
    ],
    [
      'is there when autoscaling has added more than were asked for',
      { service: view({ desired: 12, running: 12 }) },
      settled(60),
      'reached',
      { code: 'tasks-run', running: 12, wanted: 12 },
    ],
    [
      'is patient at first',
      { ...nine, values: blind },
      settled(179),
      'waiting',
      { code: 'still-critical', metric: 'latencyP99Seconds' },
    ],
    [
      'plans again when it did not help',
      { ...nine, values: blind },
      settled(180),
      'more',
      { code: 'still-critical' },
    ],
    [
      'plans again when CPU shows that what the traffic needs was not enough',
      { ...nine, values: { cpuPercent: 95 } },
      settled(180),
      'more',
      { code: 'still-critical', metric: 'cpuPercent', value: 95 },
    ],
    [
      'gives up after the last round',
      { ...nine, values: critical },
      { ...settled(180), plan: plan({ round: production.limits.rounds }) },
      'failed',
      { code: 'rounds-spent', rounds: 5 },
    ],
    [
      'adds no tasks where these are enough for the traffic',
      { ...nine, values: { ...critical, requestRatePerMinute: 2400 } },
      settled(500),
      'waiting',
      { code: 'enough-for-traffic', running: 9, wanted: 9, needed: 9 },
    ],
    [
      'has a deadline',
      { ...nine, values: { ...critical, requestRatePerMinute: 600 } },
      settled(600),
      'failed',
      { code: 'not-reached', seconds: 600 },
    ],
  ])('%s', (_, seen, part, state, reason) => {
    const verification = check('recovered', seen, part);

    expect(verification.state).toBe(state);
    expect(verification.reasons).toContainEqual(expect.objectContaining(reason));
  });

  it.each<[string, Check['request']['alert'], MetricValues, Reason]>([
    ['the metric that fired', 'HighCPU', { cpuPercent: 50 }, better('cpuPercent', 50, 85)],
    ['P99 where none is named', undefined, {}, better('latencyP99Seconds', 0.5, 5)],
    ['P99 where health fired', 'APIDown', {}, better('latencyP99Seconds', 0.5, 5)],
  ])('is judged by %s', (_, alert, values, reason) => {
    const { alert: _alert, ...unnamed } = request();
    const before = assessment({ values: { latencyP99Seconds: 5, cpuPercent: 85 } });
    const of = { ...settled(60), before, request: alert ? { ...unnamed, alert } : unnamed };
    expect(check('recovered', { ...nine, values }, of).reasons).toEqual([all, reason]);
  });

  it('compares with nothing where nothing was seen before', () => {
    const { reasons } = check('recovered', nine, { ...settled(60), before: undefined });
    expect(reasons).toEqual([all, better('latencyP99Seconds', 0.5)]);
    expect(reasons[1]).not.toHaveProperty('before');
  });

  it('believes no value that cannot be: it waits for the next', () => {
    const { metrics } = assessment();
    const impossible = { ...metrics.latencyP99Seconds, level: 'unknown', value: -1 } as const;
    const seen = { ...nine, metrics: { ...metrics, latencyP99Seconds: impossible } };
    expect(check('recovered', seen, settled(60)).state).toBe('waiting');
  });

  it('is there once they all run, whatever failed on the way', () => {
    const stoppedTasks = [stopped('CannotPullContainerError', 2, 'never-started')];
    const service = view({ desired: 9, running: 9, failedTasks: 2 });
    expect(check('recovered', { service, stoppedTasks }, settled(60)).state).toBe('reached');
  });

  it('gives a throttled run three times as long, because most of its looks are refused', () => {
    const seen = { ...nine, values: { ...critical, requestRatePerMinute: 600 } };
    expect(check('recovered', seen, { ...settled(1799), throttled: true }).state).toBe('waiting');
    expect(check('recovered', seen, { ...settled(1800), throttled: true }).state).toBe('failed');
  });

  it('does not take a point for proof that began before all tasks ran', () => {
    const old = assessment({ at: now }).metrics;
    const seen = { ...nine, at: secondsLater(30), metrics: old };

    expect(check('recovered', seen).state).toBe('waiting');
    expect(check('recovered', seen, earlier('recovered', 60, { settledSince: secondsLater(1) })).state).toBe(
      'waiting',
    );
    expect(check('recovered', seen, settled(0)).state).toBe('reached');
  });

  const cannotPull = (count: number, asked = request().receivedAt) =>
    stopped('TaskFailedToStart: CannotPullContainerError', count, 'never-started', asked);
  const few = { service: view({ desired: 9, running: 3 }) };
  it('fails when new tasks did not start, again and again, with the reason of ECS', () => {
    const { state, reasons } = check('recovered', { ...few, stoppedTasks: [cannotPull(2)] });

    expect([state, reasons[0]]).toEqual(['failed', because('new-tasks-fail', { running: 3, wanted: 9 })]);
    const { reason } = cannotPull(2);
    expect(reasons.slice(1)).toEqual([because('task-stopped', { count: 2, reason })]);
  });

  it('says of tasks that do start that the load balancer takes them away, where ECS only says that it gives up', () => {
    const message = '(service buywhere-api) is unable to consistently start tasks successfully.';
    const events = [{ at: now, kind: 'cannot-start' as const, message }];
    const killed = stopped('Task failed ELB health checks', 9, 'killed-by-health-checks');
    const { state, reasons } = check('recovered', {
      service: view({ desired: 9, running: 0, events }),
      stoppedTasks: [killed],
    });
    expect([state, reasons]).toEqual([
      'failed',
      [
        because('new-tasks-fail', { running: 0, wanted: 9 }),
        because('ecs-event', { message }),
        because('tasks-lost', { kind: 'killed-by-health-checks', count: 9, reason: killed.reason }),
      ],
    ]);
  });

  it.each<[string, Part]>([
    ['one start failed, and is tried again', { ...few, stoppedTasks: [cannotPull(1)] }],
    [
      'starts failed before this run',
      { ...few, stoppedTasks: [cannotPull(5, secondsLater(-1, request().receivedAt))] },
    ],
    ['tasks were reclaimed', { ...few, stoppedTasks: [stopped('Spot', 3, 'reclaimed')] }],
    [
      'some of the new tasks run',
      { service: view({ desired: 9, running: 4 }), stoppedTasks: [cannotPull(3)] },
    ],
    [
      'ECS counts failures that it does not explain',
      { service: view({ desired: 9, running: 3, failedTasks: 2 }) },
    ],
  ])('goes on while %s', (_, seen) => {
    expect(check('recovered', seen).state).toBe('waiting');
  });

  const unread = { stoppedTasksUnknown: throttled.unknown };

  it('takes stopped tasks that could not be read neither for failed ones nor for none', () => {
    const seen = { service: view({ desired: 9, running: 4, pending: 5 }), ...unread };
    expect(check('recovered', seen)).toMatchObject({
      state: 'waiting',
      reasons: [
        because('tasks-starting', { running: 4, wanted: 9, pending: 5 }),
        because('stops-unknown', { why: throttled.unknown.text }),
      ],
    });
  });

  const overdue = earlier('recovered', 600);
  const oneStays = { desired: 9, running: 8, pending: 1 };
  const down = { api: unhealthy, mcp: healthy };
  it.each<[string, Part, Verification['state']]>([
    ['enough for the traffic run and one stays pending', { service: view(oneStays) }, 'reached'],
    [
      'just enough for the traffic run',
      { service: view(oneStays), values: { requestRatePerMinute: 2050 } },
      'reached',
    ],
    [
      'the traffic needs the pending one',
      { service: view(oneStays), values: { requestRatePerMinute: 2400 } },
      'failed',
    ],
    [
      'enough for the traffic run and one, whose start fails, stays pending',
      { service: view(oneStays), stoppedTasks: [cannotPull(2)] },
      'reached',
    ],
    [
      'enough for the traffic run and several, whose starts fail, stay pending',
      { service: view({ ...oneStays, running: 7, pending: 2 }), stoppedTasks: [cannotPull(2)] },
      'failed',
    ],
    [
      'enough for the traffic run and several stay pending',
      { service: view({ ...oneStays, running: 4, pending: 5 }) },
      'reached',
    ],
    ['the API is not healthy', { service: view(oneStays), health: down }, 'failed'],
    ['too few run for the traffic', { service: view({ ...oneStays, running: 2 }) }, 'failed'],
    [
      'what fired is unknown',
      { service: view(oneStays), values: { latencyP99Seconds: 'unknown' } },
      'failed',
    ],
    ['it is still critical', { service: view(oneStays), values: { latencyP99Seconds: 5 } }, 'failed'],
  ])('at the deadline, where %s', (_, seen, state) => {
    expect(check('recovered', seen, overdue).state).toBe(state);
    expect(check('recovered', seen, earlier('recovered', 599)).state).toBe('waiting');
  });

  it.each([
    ['8 tasks at 70 % do the work of 8', 70, 'reached'],
    ['8 tasks at 71 % do that of 9', 71, 'failed'],
  ] as const)('at the deadline, where CPU alone tells of a worker: %s', (_, cpuPercent, state) => {
    const { metrics } = assessment({ values: { cpuPercent } });
    const none = { level: 'none', source: 'CloudWatch' } as const;
    const seen = { ...metrics, latencyP99Seconds: none, requestRatePerMinute: none };
    expect(check('recovered', { service: view(oneStays), metrics: seen }, overdue).state).toBe(state);
  });

  it('says at the deadline why these are enough', () => {
    const seen = { service: view(oneStays), values: { requestRatePerMinute: 2050 } };
    expect(check('recovered', seen, overdue).reasons).toEqual([
      because('enough-for-traffic', { running: 8, wanted: 9, needed: 8 }),
    ]);
  });

  it('is not there at the deadline where the metric of an alert that joined is unknown', () => {
    const seen = { service: view(oneStays), values: { errorRatePercent: 'unknown' } } as const;
    expect(check('recovered', seen, overdue).state).toBe('reached');
    expect(check('recovered', seen, { ...overdue, joined: ['HighErrorRate'] }).state).toBe('failed');
  });

  it('goes on where all wanted tasks run, as many as before, whatever failed meanwhile', () => {
    const seen = { ...nine, stoppedTasks: [cannotPull(2)] };
    expect(check('recovered', seen, { ...settled(60), before: assessment(nine) }).state).toBe('reached');
  });

  it('may plan for traffic that grew though this run has no plan yet', () => {
    const seen = { values: { requestRatePerMinute: 2800 } };
    expect(check('recovered', seen, { plan: undefined }).state).toBe('more');
  });

  it('fails at once when a release turns out to be to blame', () => {
    const cause: Cause = { name: 'deployment', confidence: 'medium', evidence: [], against: [] };
    const seen = { ...nine, cause, values: { errorRatePercent: 20 } };
    expect(check('recovered', seen)).toMatchObject({
      state: 'failed',
      reasons: [because('deployment-to-blame')],
    });
    expect(check('recovered', { ...seen, cause: { ...cause, confidence: 'low' as const } }).state).toBe(
      'waiting',
    );
  });

  it('forgets since when tasks ran as soon as one is missing', () => {
    const seen = { service: view({ desired: 9, running: 8, pending: 1 }) };
    expect(check('recovered', seen, settled(60)).settledSince).toBeUndefined();
  });

  it('counts the deadline from the first check, and anew after a loop that ended', () => {
    expect(check('recovered', nine, earlier('recovered', 300)).since).toBe(secondsLater(-300));
    expect(check('recovered', nine, earlier('recovered', 300, { state: 'more' })).since).toBe(now);
    expect(check('recovered', nine, earlier('calm', 300)).since).toBe(now);
  });
});

it('waits for the CPU where the service does not have the row that fired', () => {
  const seen = assessment(nine);
  const none = { level: 'none', source: 'none' } as const;
  const metrics = { ...seen.metrics, latencyP99Seconds: none };
  expect(check('recovered', { ...nine, metrics }, settled(0)).reasons).toContainEqual(
    expect.objectContaining({ code: 'metric-better', metric: 'cpuPercent' }),
  );
});

import { describe, expect, it } from '@jest/globals';
import type { MetricName } from '../../../shared/config/metric-catalogue.ts';
import type { Assessment, Cause } from '../../../shared/document/assessment.ts';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import type { Request } from '../../../shared/document/request.ts';
import { because } from '../../../shared/format/reasons.ts';
import { planScaleOut } from '../../../shared/plan/scale-out.ts';
import {
  assessment,
  healthy,
  type MetricValues,
  now,
  plan,
  production,
  request,
  secondsLater,
  service,
  throttled,
  unhealthy,
  view,
} from '../../support/builders.ts';
import { minutesAgo, stopped } from '../../support/clues.ts';

const evidence = because('traffic-flat');
const planned = (of: Request, seen: Assessment, previous?: Plan) =>
  planScaleOut(of, seen, service, production, { plan: previous });
/** CPU is saturated, so that a task's capacity is taken from the configuration: nine tasks. */
const critical = { latencyP99Seconds: 5, requestRatePerMinute: 2400, cpuPercent: 95 };

describe('what more tasks cannot help', () => {
  it('says why tasks did not start, in the words of ECS', () => {
    const failing = stopped(
      'TaskFailedToStart: CannotPullContainerError: not found',
      2,
      'never-started',
      now,
    );
    const made = planned(request(), assessment({ values: critical, stoppedTasks: [failing] }));

    const { count, reason } = failing;
    expect([made.action, made.desired]).toEqual(['hold', undefined]);
    expect(made.reasons).toEqual([because('tasks-cannot-start'), because('task-stopped', { count, reason })]);
  });

  it.each<[string, Partial<Assessment>]>([
    ['tasks that were taken away', { stoppedTasks: [stopped('Spot', 3, 'reclaimed')] }],
    ['failed starts of before', { stoppedTasks: [stopped('no image', 3, 'never-started', minutesAgo(30))] }],
    ['a count that ECS does not explain', { service: view({ failedTasks: 2 }) }],
  ])('%s do not keep it from scaling out, and are told', (_, seen) => {
    const made = planned(request(), assessment({ values: critical, ...seen }));
    expect(made.action).toBe('scale-out');
    const told = made.reasons.filter(({ code }) => code === 'tasks-lost');
    expect(told).toHaveLength(seen.stoppedTasks?.length ?? 0);
  });

  it('counts what an earlier run of the incident asked for, while tasks are missing', () => {
    const stoppedTasks = [stopped('exit code: 1', 2, 'ran-and-failed', minutesAgo(5))];
    const made = (running: number, writingSince?: string) =>
      planScaleOut(
        request({ receivedAt: now }),
        assessment({ values: critical, stoppedTasks, service: view({ desired: 3, running }) }),
        service,
        production,
        { writingSince },
      ).action;
    expect([made(2, minutesAgo(6)), made(3, minutesAgo(6)), made(2, minutesAgo(4)), made(2)]).toEqual([
      'hold',
      'scale-out',
      'scale-out',
      'scale-out',
    ]);
  });

  it('holds where the service is unknown', () => {
    expect(planned(request(), assessment({ values: critical, service: throttled })).action).toBe('hold');
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
    ['not for its health endpoint alone', {}, { health: { api: unhealthy, mcp: healthy } }, 'watch'],
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

  it('a release whose tasks do not stay is rolled back, whatever the traffic explains, where users suffer', () => {
    const { taskDefinition } = view();
    const stoppedTasks = [{ ...stopped('exit code: 1', 3, 'ran-and-failed', now), taskDefinition }];
    const made = (values: MetricValues, running: number) => {
      const fresh = view({ releasedAt: minutesAgo(5), rollout: 'in-progress', running });
      return planned(request(), assessment({ values, stoppedTasks, service: fresh }));
    };
    const why = [because('deployment-to-blame'), because('release-fails', { stopped: 3 })];
    expect(made(critical, 3)).toMatchObject({ action: 'roll-back', reasons: why });
    expect(made({ cpuPercent: 95 }, 3).action).toBe('hold');
    expect(made({ cpuPercent: 10 }, 0)).toMatchObject({ action: 'roll-back', reasons: why });
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
    const looks = action === 'roll-back' ? [] : [because('looks-again', { seconds: 1800 })];
    const made = planned(request(), assessment({ values, ...seen }));
    expect(made).toMatchObject({ action, reasons: [...reasons, ...looks], waits: looks.length > 0 });
  });

  describe('what may end by itself', () => {
    const { intervalSeconds, deadlineSeconds: seconds } = production.timing.watch;
    const last = seconds / intervalSeconds;
    const down = (confidence: Cause['confidence'], name: Cause['name'] = 'upstream-failure') =>
      assessment({ values: critical, ...caused(name, confidence) });
    const later = (seen: Assessment, part: Partial<Plan['waiting']> = {}, previous: Partial<Plan> = {}) =>
      planned(
        request(),
        seen,
        plan({
          action: 'escalate',
          waits: true,
          waiting: { told: ['dependency-failed'], looks: 1, until: secondsLater(0), ...part },
          round: 0,
          ...previous,
        }),
      );

    it('is told once, and looked at again every minute', () => {
      expect(planned(request(), down('high'))).toMatchObject({
        action: 'escalate',
        waits: true,
        tell: true,
        watched: 0,
        waiting: { told: ['dependency-failed'], looks: 1, until: secondsLater(intervalSeconds) },
        nextCheckSeconds: intervalSeconds,
      });
      expect(later(down('high'))).toMatchObject({ waits: true, tell: false, waiting: { looks: 2 } });
    });

    it('is told again where it is something else, and not where it comes back', () => {
      const slow = later(down('high', 'slow-queries'));
      expect(slow).toMatchObject({ tell: true, waiting: { told: ['dependency-failed', 'database-slow'] } });
      const told = { told: ['dependency-failed', 'database-slow'] };
      expect(later(down('high'), told)).toMatchObject({
        tell: false,
        waiting: { told: ['database-slow', 'dependency-failed'] },
      });
      expect(later(down('high'), {}, { action: 'watch', waits: false })).toMatchObject({ tell: false });
    });

    it('is there as long as it is the most probable cause, it and no other', () => {
      expect(later(down('low'))).toMatchObject({ action: 'escalate', waits: true });
      const slow = { told: ['dependency-failed', 'database-slow'] };
      expect(later(down('low', 'slow-queries'), slow)).toMatchObject({ action: 'escalate' });
      expect(later(down('low', 'slow-queries'))).toMatchObject({ action: 'scale-out' });
      expect(later(down('low'), {}, { waits: false })).toMatchObject({ action: 'scale-out' });
    });

    it('is over: tasks are added where they are still needed', () => {
      const over = later(assessment({ values: critical }));
      expect(over).toMatchObject({ action: 'scale-out', waits: false, waiting: { looks: 1 } });
      expect(later(assessment())).toMatchObject({ action: 'watch', waits: false });
    });

    it('is waited for no longer than one watches, however long the run has watched before', () => {
      expect(later(down('high'), { looks: last - 1 }, { watched: last })).toMatchObject({ waits: true });
      const late = later(down('high'), { looks: last });
      expect(late).toMatchObject({ action: 'escalate', waits: false, tell: false });
      expect(late.reasons[0]).toEqual(because('waited-in-vain', { seconds }));
    });

    it('blames no release for two minutes of metrics after it is over', () => {
      const { metricDelaySeconds } = production.planning;
      const back = (secondsAgo: number) =>
        later(assessment({ values: critical, ...caused('deployment', 'high') }), {
          until: secondsLater(-secondsAgo),
        }).action;
      expect(back(metricDelaySeconds + 119)).toBe('scale-out');
      expect(back(metricDelaySeconds + 120)).toBe('roll-back');
    });

    it.each<[string, Reason, MetricName]>([
      [
        'what got worse',
        because('worse-since', { minutes: 5, metrics: ['latencyP99Seconds'] }),
        'latencyP99Seconds',
      ],
      ['what fails', because('fails-with-room', { minutes: 5, cpu: 40 }), 'errorRatePercent'],
    ])('blames no release for what may be over since the alarm: %s', (_, reason, metric) => {
      const values = { ...critical, errorRatePercent: 20 };
      const cause: Cause = { name: 'deployment', confidence: 'high', evidence: [reason], against: [] };
      const newest = (seconds: number, of: Partial<Request> = {}) => {
        const seen = assessment({ values, cause });
        seen.metrics[metric] = { ...seen.metrics[metric], at: secondsLater(-seconds) };
        return planned(request({ receivedAt: secondsLater(-60), ...of }), seen).action;
      };
      expect(newest(61)).toBe('scale-out');
      expect(newest(60)).toBe('roll-back');
      // Alertmanager says since when; a person has seen it.
      expect(newest(120, { source: 'webhook', firingSince: secondsLater(-120) })).toBe('roll-back');
      expect(newest(121, { source: 'webhook', firingSince: secondsLater(-120) })).toBe('scale-out');
      expect(newest(600, { source: 'console' })).toBe('roll-back');
      const unknown = assessment({ values, cause });
      unknown.metrics[metric] = { ...unknown.metrics[metric], at: undefined };
      expect(planned(request(), unknown).action).toBe('scale-out');
    });

    it('may be what a release broke, and tasks that fail convict it at any time', () => {
      const pool = { dbPoolPercent: 95, ...critical };
      const release = caused('deployment', 'high');
      expect(later(assessment({ values: pool, ...release })).action).toBe('roll-back');
      const { taskDefinition } = view();
      const stoppedTasks = [{ ...stopped('exit code: 1', 3, 'ran-and-failed', now), taskDefinition }];
      const fresh = view({ releasedAt: minutesAgo(5), rollout: 'in-progress', running: 3 });
      expect(later(assessment({ values: critical, stoppedTasks, service: fresh })).action).toBe('roll-back');
    });

    it('is nothing to wait for where the alert itself calls a person', () => {
      expect(planned(request({ alert: 'APIDown' }), down('high'))).toMatchObject({
        action: 'escalate',
        waits: false,
      });
    });
  });

  it.each<[Request['alert'], Cause['name'], Plan['action']]>([
    ['DatabasePoolExhausted', 'pool-exhaustion', 'relieve-pool'],
    ['DatabasePoolExhausted', 'unclear', 'none'],
    ['HighLatencyP95', 'pool-exhaustion', 'watch'],
  ])('for %s with the cause %s, no pool being critical: %s', (alert, cause, action) => {
    expect(planned(request({ alert }), assessment(caused(cause, 'medium'))).action).toBe(action);
  });
});

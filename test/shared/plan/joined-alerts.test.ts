import { describe, expect, it } from '@jest/globals';
import { type AlertName, alertNames } from '../../../shared/alerts/catalogue.ts';
import { firingAlerts } from '../../../shared/alerts/firing.ts';
import type { Plan } from '../../../shared/document/plan.ts';
import type { Reason } from '../../../shared/document/reason.ts';
import { personAsWell, unreadAlerts } from '../../../shared/plan/joined-alerts.ts';
import { planScaleOut } from '../../../shared/plan/scale-out.ts';
import { assessment, plan, production, request, service, withoutAlert } from '../../support/builders.ts';

const codesOf = (reasons: readonly Reason[]) => reasons.map(({ code }) => code);
const planned = (
  alert: AlertName,
  joined: readonly string[],
  seen = assessment({ values: { latencyP99Seconds: 'unknown' } }),
  watched = 0,
) =>
  planScaleOut(request({ alert }), seen, service, production, {
    joined,
    plan: plan({ action: 'watch', watched }),
  });

describe('an alert that joined', () => {
  it('counts with its own action and its own metric', () => {
    expect(planned('HighLatencyP95', []).action).toBe('watch');
    const made = planned('HighLatencyP95', ['HighLatencyP99']);
    expect([made.action, codesOf(made.reasons)[0]]).toEqual(['scale-out', 'alert-metric-unknown']);
  });

  it.each(
    alertNames.flatMap((one) =>
      alertNames.filter((other) => one < other).map((other): [AlertName, AlertName] => [one, other]),
    ),
  )('%s and %s: which one came first decides nothing', (one, other) => {
    // Who asks for a person at once has called one when it joined.
    if (one === 'APIDown' || other === 'APIDown') return;
    for (const name of ['cpuPercent', 'latencyP99Seconds', 'errorRatePercent', 'dbPoolPercent'] as const) {
      const seen = assessment({ values: { [name]: 'unknown' } });
      expect(planned(one, [other], seen)).toEqual(planned(other, [one], seen));
    }
  });

  it('does not weaken the first, and says nothing in its place where it is as strong', () => {
    const first = (alert: AlertName, joined: AlertName) => {
      const { action, reasons } = planned(alert, [joined], assessment({ values: bad }));
      return [action, reasons[0]?.alert];
    };
    const bad = { latencyP99Seconds: 2.2, errorRatePercent: 0.7 };
    expect(first('HighLatencyP99', 'HighErrorRate')).toEqual(['scale-out', 'HighLatencyP99']);
    expect(first('HighLatencyP99', 'HighLatencyP95')).toEqual(['scale-out', 'HighLatencyP99']);
    expect(first('HighLatencyP95', 'HighLatencyP99')).toEqual(['scale-out', 'HighLatencyP99']);
  });

  it('that asks for a person has called one, and changes no plan', () => {
    expect(firingAlerts('HighCPU', ['APIDown', 'emergency-scaling'])).toEqual(['HighCPU']);
    expect(firingAlerts('APIDown', ['HighCPU'])).toEqual(['APIDown', 'HighCPU']);
  });
});

describe('an alert that asks for a person', () => {
  const down = request({ alert: 'APIDown' });
  const told = (...of: Parameters<typeof personAsWell>) => codesOf(personAsWell(...of));

  it('leaves to others that fire what is done about tasks, and is told once', () => {
    const first = (joined: readonly string[]) => planScaleOut(down, slow, service, production, { joined });
    const slow = assessment({ values: { latencyP99Seconds: 2.2 } });
    expect(first(['HighLatencyP99'])).toMatchObject({ action: 'scale-out', tell: true });
    expect(codesOf(first(['HighLatencyP99']).reasons)).toContain('alert-asks-for-person');
    expect(codesOf(planned('APIDown', ['HighLatencyP99'], slow).reasons)).not.toContain(
      'alert-asks-for-person',
    );
  });

  it.each<[Plan['action'], string[]]>([
    ['scale-out', ['alert-asks-for-person']],
    ['watch', ['alert-asks-for-person']],
    ['none', ['alert-asks-for-person']],
    ['escalate', []],
    ['relieve-pool', []],
    ['roll-back', []],
    ['hold', []],
  ])('calls one where the others lead to %s: %j', (action, codes) => {
    expect(told(down, ['HighCPU'], action)).toEqual(codes);
  });

  it('names itself', () => {
    expect(personAsWell(down, ['HighCPU'], 'watch')).toMatchObject([{ alert: 'APIDown' }]);
  });

  it.each<[string, Parameters<typeof personAsWell>]>([
    ['is alone, and decides itself', [down, [], 'none']],
    ['is alone: none is known to have joined', [down, undefined, 'none']],
    ['is none of the two', [request({ alert: 'HighCPU' }), ['HighLatencyP99'], 'scale-out']],
    ['has called one when it joined', [request({ alert: 'HighCPU' }), ['APIDown'], 'scale-out']],
    ['is not there: a person asked', [withoutAlert(), ['HighCPU'], 'scale-out']],
  ])('calls nobody beside the others where it %s', (_, of) => {
    expect(told(...of)).toEqual([]);
  });
});

describe('a watch that is over', () => {
  const { deadlineSeconds, intervalSeconds } = production.timing.watch;
  const last = deadlineSeconds / intervalSeconds;

  it('ends green only where the metric of each alert can be read', () => {
    const blind = planned(
      'HighLatencyP95',
      [],
      assessment({ values: { latencyP95Seconds: 'unknown' } }),
      last,
    );
    expect([blind.action, codesOf(blind.reasons)[0]]).toEqual(['hold', 'alert-unread']);
    expect(blind.reasons[0]).toMatchObject({ alert: 'HighLatencyP95', why: 'no datapoints' });
    const seen = planned('HighLatencyP95', [], assessment(), last);
    expect([seen.action, codesOf(seen.reasons)[0]]).toEqual(['none', 'watched-enough']);
  });

  it('is not green either where a look does not say why a metric is unknown', () => {
    const seen = assessment();
    seen.metrics.cpuPercent = { level: 'unknown', source: 'CloudWatch' };
    expect(unreadAlerts(['HighCPU', 'HighLatencyP99'], seen)).toMatchObject([
      { code: 'alert-unread', alert: 'HighCPU', metric: 'cpuPercent', why: '' },
    ]);
  });
});

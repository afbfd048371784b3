import { describe, expect, it } from '@jest/globals';
import { decideAlert, groupAlerts } from '../../../shared/intake/alertmanager-message.ts';
import { configWith, now, production, secondsLater } from '../../support/builders.ts';

const labels = { alertname: 'HighLatencyP99', environment: 'production', service: 'buywhere-api' };
const alert = (part: object = {}) => ({
  labels,
  status: 'firing',
  startsAt: now,
  fingerprint: 'a1',
  ...part,
});
const labelled = (part: object) => alert({ labels: { ...labels, ...part } });
const names =
  'HighLatencyP95, HighLatencyP99, HighErrorRate, HighCPU, DatabasePoolExhausted, HighRequestRate, APIDown';
const decide = (given: unknown) => decideAlert(given, 3, production);

describe('what the labels of an alert select', () => {
  it('an alert by the label alert, or else by alertname', () => {
    const selected = (part: object) => {
      const decision = decide(labelled(part));
      return decision.act === 'start' ? decision.input.alert : decision.act;
    };
    expect(selected({})).toBe('HighLatencyP99');
    expect(selected({ alert: 'HighCPU' })).toBe('HighCPU');
    expect(selected({ alert: 'Mine' })).toBe('skip');
    expect(selected({ alert: 'HighCPU', alertname: 'Mine' })).toBe('HighCPU');
  });

  it.each<[object, string, string]>([
    [{ alertname: 'Mine' }, 'Mine', 'label alertname: not one of'],
    [{ alert: 'Mine' }, 'HighLatencyP99', 'label alert: not one of'],
    [{ alert: 'Mine', alertname: 'TestAlert' }, 'TestAlert', 'label alert: not one of'],
    [{ alertname: undefined }, '', 'label alertname: not one of'],
    [{ alertname: 'x'.repeat(200) }, 'x'.repeat(100), 'label alertname: not one of'],
  ])('or none: %j', (part, shown, reason) => {
    const decision = decide(labelled(part));
    expect(decision).toMatchObject({ act: 'skip', alert: shown });
    expect(decision).toMatchObject({ reason: expect.stringContaining(reason) });
    const listed = 'reason' in decision ? decision.reason.slice(reason.length).trim().split(', ') : [];
    expect(listed.toSorted()).toEqual(names.split(', ').toSorted());
  });

  it('a service: the answer names those that are configured', () => {
    const two = configWith(({ services }, service) => Object.assign(services, { other: service }));
    expect(decideAlert(labelled({ service: 'third' }), 0, two)).toMatchObject({
      reason: 'label service: not one of buywhere-api, other',
    });
    expect(decide(labelled({ service: undefined }))).toMatchObject({
      reason: 'label service: not one of buywhere-api',
    });
  });

  it('nothing where they are no labels', () => {
    expect(decide({})).toEqual({ act: 'skip', alert: '', reason: 'not an alert' });
  });
});

describe('an alert of ours that cannot be read', () => {
  it('is refused with every fault, each at its place, in 300 characters', () => {
    const decision = decide(alert({ status: 'pending', fingerprint: 'x', startsAt: 7 }));
    const fault = decision.act === 'refuse' ? decision.fault : '';
    expect(fault.split('; ').map((one) => one.split(':')[0])).toEqual([
      'alerts.3.startsAt',
      'alerts.3.fingerprint',
      'alerts.3.status',
    ]);
    const long = decide(alert({ status: 'x'.repeat(500), fingerprint: 'y'.repeat(500), startsAt: 7 }));
    expect(long.act === 'refuse' && long.fault.length).toBeLessThanOrEqual(300);
  });
});

describe('several alerts of one name and service', () => {
  const at = (seconds: number, fingerprint: string) =>
    decide(alert({ startsAt: secondsLater(seconds), fingerprint }));
  const started = (...decisions: ReturnType<typeof decide>[]) =>
    groupAlerts(decisions).map((one) => (one.act === 'start' ? one.input.fingerprint : one.act));

  it('are one run, of the earliest; of the lesser fingerprint where two began at once', () => {
    expect(started(at(5, 'a1'), at(0, 'b2'), at(9, 'c3'))).toEqual(['skip', 'b2', 'skip']);
    expect(started(at(0, 'b2'), at(0, 'a1'))).toEqual(['skip', 'a1']);
  });

  it('are one run, of the first of two that are the same', () => {
    expect(started(at(0, 'a1'), at(0, 'a1'))).toEqual(['a1', 'skip']);
  });
});

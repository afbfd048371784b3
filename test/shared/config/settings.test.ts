import { describe, expect, it } from '@jest/globals';
import { alarmsOf } from '../../../shared/alarms/cloudwatch-alarms.ts';
import { alertingRules } from '../../../shared/alarms/prometheus-rules.ts';
import { checkConfig } from '../../../shared/config/config.ts';
import { allSettings, forService } from '../../../shared/config/packaged.ts';
import { parseConfigText } from '../../../shared/config/read-config.ts';
import { settingNames } from '../../../shared/config/settings.ts';
import { configWarnings } from '../../../shared/format/config-warnings.ts';
import { everyApprover } from '../../../shared/preflight/mails.ts';
import { production, service } from '../../support/builders.ts';

/** Production with a second service, `checkout`, that says this of its own. */
const checked = (own: object, stage: object = {}) =>
  checkConfig({
    ...structuredClone(production),
    ...stage,
    services: { ...production.services, checkout: { ...service, service: 'checkout', ...own } },
  });
function configOf(...given: Parameters<typeof checked>) {
  const found = checked(...given);
  if ('faults' in found) throw new Error(found.faults.map(({ key, message }) => `${key}: ${message}`).join());
  return found.config;
}
const faultsOf = (...given: Parameters<typeof checked>): string[] => {
  const found = checked(...given);
  return 'faults' in found ? found.faults.map(({ key, message }) => `${key}: ${message}`) : [];
};
const lead = { name: 'Checkout lead', email: 'lead@checkout.example' };

describe('what a service says of its own', () => {
  it('is filled up with what the stage says, block by block and row by row; a list is taken as a whole', () => {
    const config = configOf({
      thresholds: { cpuPercent: { critical: 90 } },
      timing: { calm: { forSeconds: 600 } },
      approval: { approvalsNeeded: 1, approvers: [lead] },
      notices: { chat: { enabled: false } },
    });
    const own = forService(config, 'checkout');
    expect(own.thresholds).toEqual({
      ...production.thresholds,
      cpuPercent: { ...production.thresholds.cpuPercent, critical: 90 },
    });
    expect(own.timing).toEqual({
      ...production.timing,
      calm: { ...production.timing.calm, forSeconds: 600 },
    });
    expect(own.approval).toEqual({ ...production.approval, approvalsNeeded: 1, approvers: [lead] });
    expect(own.notices.chat).toEqual({ ...production.notices.chat, enabled: false });
    expect([own.planning, own.limits]).toEqual([production.planning, production.limits]);
  });

  it('is nothing to the other services and to the stage, and not to one that is not there', () => {
    const config = configOf({ limits: { rounds: 2 } });
    for (const name of settingNames) {
      expect(forService(config, 'buywhere-api')[name]).toEqual(production[name]);
      expect(config[name]).toEqual(production[name]);
    }
    for (const key of ['nobody', 'constructor']) expect(forService(config, key)).toBe(config);
    expect(forService(production, 'buywhere-api')).toEqual(production);
  });

  it('changes nothing when it is asked for again, or checked again', () => {
    const config = configOf({ thresholds: { cpuPercent: { critical: 90 } } });
    const own = forService(config, 'checkout');
    expect(forService(own, 'checkout')).toEqual(own);
    expect(checkConfig(config)).toEqual({ config });
  });

  it.each<[object, string]>([
    [
      { thresholds: { cpuPercent: { critical: 50 } } },
      'thresholds.cpuPercent: warning must be below critical',
    ],
    [{ thresholds: { cpu: { critical: 90 } } }, 'thresholds: unknown key "cpu"'],
    [{ timing: { calm: { forSeconds: 0 } } }, 'timing.calm.forSeconds: Too small'],
    [{ limits: { scaleInStep: 0.5 } }, 'limits.scaleInStep: Too big'],
    [
      { notices: { pagerDuty: { url: 'http://x.example' } } },
      'notices.pagerDuty.url: must begin with https://',
    ],
    [{ planning: 5 }, 'planning: expected object'],
    [{ approval: { approvers: [lead] } }, 'approval: approvers must be at least as many as approvalsNeeded'],
    [
      { approval: { approvers: [lead, { ...lead, name: 'Another' }] } },
      'approval.approvers.1.email: approvers must be different people',
    ],
    [
      { approval: { requiredForScaleIn: false } },
      'approval.requiredForScaleIn: false takes tasks from production',
    ],
    [{ timing: { verify: { deadlineSeconds: 7000 } } }, 'timing.verify.deadlineSeconds: must be 1 to'],
  ])('is held to the rules of the stage: %j', (own, fault) => {
    expect(faultsOf(own)).toEqual([expect.stringContaining(`services.checkout.${fault}`)]);
  });

  it('is not blamed for what the stage does wrong', () => {
    const timing = { ...production.timing, verify: { intervalSeconds: 15, deadlineSeconds: 7000 } };
    const faults = faultsOf({ limits: { emergencyRunsPerHour: 2 } }, { timing });
    expect(faults).toEqual([expect.stringMatching(/^timing\.verify\.deadlineSeconds: /)]);
  });

  it('is read from a file, where the line of a fault is that of its own key', () => {
    const text = `environment: production\nservices:\n  api:\n    limits: { rounds: 0 }\nlimits:\n  rounds: 5\n`;
    expect(() => parseConfigText(text, 'x.yml')).toThrow(/services\.api\.limits\.rounds: .*\(line 4\)/);
  });
});

describe('of a service with settings of its own', () => {
  const config = configOf({
    thresholds: { cpuPercent: { warning: 75, critical: 90 }, latencyP99Seconds: { critical: 9 } },
    approval: { sender: 'scaling@checkout.example', approvers: [lead, ...production.approval.approvers] },
  });
  const thresholdOf = (key: string, alert: string) => {
    const one = config.services[key];
    return one && alarmsOf(one, config).find(({ AlarmName = '' }) => AlarmName.endsWith(alert))?.Threshold;
  };

  it('alarms fire at its own limits, those of others at the limits of the stage', () => {
    expect([thresholdOf('checkout', 'HighCPU'), thresholdOf('buywhere-api', 'HighCPU')]).toEqual([90, 80]);
    expect(thresholdOf('checkout', 'HighErrorRate')).toBe(production.thresholds.errorRatePercent.critical);
  });

  it("so do Prometheus's rules, and warnings hold its policies against its own limits", () => {
    const latency = alertingRules(config).map(({ rules }) =>
      rules.find(({ alert }) => alert === 'HighLatencyP99'),
    );
    expect(latency.map((rule) => rule?.expr.split(' > ').at(-1))).toEqual(['2.5', '9']);
    expect(configWarnings(config)).toEqual([expect.stringMatching(/^services\.buywhere-api\.cpuPolicy/)]);
  });

  it('every approver may be mailed by whoever asks him, once', () => {
    expect(everyApprover(config).map(({ email, sender }) => `${sender} ${email}`)).toEqual([
      ...production.approval.approvers.map(({ email }) => `${production.approval.sender} ${email}`),
      ...[lead, ...production.approval.approvers].map(({ email }) => `scaling@checkout.example ${email}`),
    ]);
    expect(everyApprover(production)).toHaveLength(production.approval.approvers.length);
    expect([allSettings(production).length, allSettings(config).length]).toEqual([1, 2]);
  });
});

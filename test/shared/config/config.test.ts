import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../../shared/config/config.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import { InvalidInputError } from '../../../shared/core/errors.ts';
import { production, serviceName, staging } from '../../support/builders.ts';

/** Production's configuration with the value at a path replaced; `undefined` removes it. */
function changed(path: string, value: unknown): unknown {
  const copy: object = structuredClone(production);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<object>((inner, key) => Object(Reflect.get(inner, key)), copy);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else Reflect.set(parent, last, value);
  return copy;
}
const parsed = (value: unknown) => () => parseConfig(value, 'config/production.yml');
const inService = (path: string) => `services.${serviceName}.${path}`;

describe('the configuration files', () => {
  it("hold the runbook's values", () => {
    const { capacity, cpuPolicy, cluster } = serviceConfig(production, serviceName);

    expect([cluster, capacity.baseline, capacity.emergency]).toEqual([
      'buywhere-production',
      { desired: 3, min: 1, max: 10 },
      { min: 2, max: 20 },
    ]);
    expect(cpuPolicy.baseline).toEqual({
      target: 70,
      scaleOutCooldownSeconds: 60,
      scaleInCooldownSeconds: 300,
    });
    expect(cpuPolicy.emergency).toEqual({
      target: 50,
      scaleOutCooldownSeconds: 30,
      scaleInCooldownSeconds: 180,
    });
    expect([production.region, staging.region]).toEqual(['ap-southeast-1', 'ap-southeast-1']);
  });

  it('ask for an approval in production, and for none in staging', () => {
    expect([production.approval.requiredForScaleIn, staging.approval.requiredForScaleIn]).toEqual([
      true,
      false,
    ]);
  });
});

describe('a configuration', () => {
  it.each<[string, unknown, string]>([
    ['region', undefined, 'region: '],
    [
      'runbookUrl',
      `https://wiki.example/${'r'.repeat(380)}`,
      'runbookUrl: Too big: expected string to have <=400',
    ],
    ['runbookUrl', 'https://me:secret@wiki.example', 'runbookUrl: must hold no credential'],
    ['runbookUrl', 'the wiki', 'runbookUrl: must be a URL'],
    ['region', 'singapore', 'region: must be an AWS Region such as ap-southeast-1'],
    ['environment', 'Production!', 'environment: must be lower case letters, digits and hyphens'],
    ['regoin', 'ap-southeast-1', 'input: unknown key "regoin"'],
    ...[0, 1001, 1.5, 'many', true].map((given): [string, unknown, string] => [
      'reservedConcurrency',
      { approval: given },
      'reservedConcurrency.approval: must be 1 to 1,000 executions at once, or none',
    ]),
    ['services', {}, 'services: must name at least one service'],
    [inService('service'), 'a/b', `${inService('service')}: must be 1 to 255 letters, digits`],
    [inService('health.api'), 'api.buywhere.ai', `${inService('health.api')}: `],
    [inService('loadBalancer'), 'arn:aws:x', `${inService('loadBalancer')}: must look like app/NAME/ID`],
    [inService('targetGroup'), 'x', `${inService('targetGroup')}: must look like targetgroup/NAME/ID`],
    [inService('capacity.baseline.min'), 0, `${inService('capacity.baseline.min')}: `],
    [inService('capacity.baseline.desired'), -1, `${inService('capacity.baseline.desired')}: `],
    [inService('capacity.baseline.desired'), 2.5, `${inService('capacity.baseline.desired')}: `],
    [inService('capacity.baseline.desired'), 11, 'baseline must hold min <= desired <= max'],
    [
      inService('capacity.taskQuota'),
      19,
      `${inService('capacity.emergency.max')}: must be at most taskQuota: the account starts no more tasks`,
    ],
    [inService('capacity.emergency.max'), 9, 'emergency must hold min <= max and max >= baseline.max'],
    [
      inService('capacity.perTask.requestsPerMinute'),
      0,
      `${inService('capacity.perTask.requestsPerMinute')}: `,
    ],
    [inService('cpuPolicy.baseline.target'), 101, `${inService('cpuPolicy.baseline.target')}: `],
    [
      inService('cpuPolicy.emergency.scaleInCooldownSeconds'),
      '180',
      `${inService('cpuPolicy.emergency.scaleInCooldownSeconds')}: `,
    ],
    ['thresholds.cpuPercent.critical', 60, 'thresholds.cpuPercent: warning must be below critical'],
    ['thresholds.latencyP99Seconds.warning', Number.NaN, 'thresholds.latencyP99Seconds.warning: '],
    ['thresholds.dbPoolPercent', undefined, 'thresholds.dbPoolPercent: '],
    ['thresholds.diskPercent', { warning: 1, critical: 2 }, 'thresholds: unknown key "diskPercent"'],
    ['planning.utilisation', 1.5, 'planning.utilisation: '],
    ['planning.burstFactor', 3, 'planning.burstFactor: '],
    ['timing.verify.deadlineSeconds', 0, 'timing.verify.deadlineSeconds: '],
    ['limits.scaleInStep', 0.5, 'limits.scaleInStep: '],
    ['limits.scaleInStep', 0, 'limits.scaleInStep: '],
    ['approval.approvers', [], 'approval.approvers: '],
    ['approval.approvers.0.email', 'bolt', 'approval.approvers.0.email: '],
    ['approval.expiresAfterSeconds', 1, 'approval.expiresAfterSeconds: '],
    ['approval.requiredForScaleIn', 'false', 'approval.requiredForScaleIn: '],
    ['notices.chat.kind', 'slack', 'notices.chat.kind: '],
    ['contacts.devOpsLead', '', 'contacts.devOpsLead: '],
  ])('with %s = %j is refused: %s', (path, value, message) => {
    expect(parsed(changed(path, value))).toThrow(InvalidInputError);
    expect(parsed(changed(path, value))).toThrow(message);
  });

  const bolt = { name: 'Bolt', email: 'bolt@example.org' };
  // Each with the last value that is taken, and the first one that is not.
  it.each<[string, unknown, unknown, string]>([
    [
      'approval.approvers',
      [bolt, { name: 'Reed', email: 'reed@example.org' }],
      [bolt],
      'approvers must be at least as many as approvalsNeeded',
    ],
    [
      'approval.approvers',
      [bolt, { name: 'Bolt B.', email: 'bolt@example.com' }],
      [bolt, { name: 'Reed', email: 'BOLT@example.org' }],
      'approvers must be different people',
    ],
    [
      'approval.escalateBeforeSeconds',
      production.approval.expiresAfterSeconds / 2 - 1,
      production.approval.expiresAfterSeconds / 2,
      'escalateBeforeSeconds must be less than half of expiresAfterSeconds',
    ],
    [inService('capacity.baseline.min'), 3, 4, 'baseline must hold min <= desired <= max'],
    [inService('capacity.baseline.max'), 3, 2, 'baseline must hold min <= desired <= max'],
    [inService('capacity.taskQuota'), 20, 19, 'must be at most taskQuota'],
    [inService('capacity.emergency.min'), 20, 21, 'emergency must hold min <= max'],
    [inService('capacity.emergency.max'), 10, 9, 'emergency must hold min <= max and max >= baseline.max'],
  ])('with %s = %j is taken, with %j not: %s', (path, taken, refused, message) => {
    expect(parsed(changed(path, taken))).not.toThrow();
    expect(parsed(changed(path, refused))).toThrow(message);
  });

  it.each(['none', 1, 1000])('may reserve %j executions for a door', (approval) => {
    expect(parsed({ ...structuredClone(production), reservedConcurrency: { approval } })).not.toThrow();
  });

  it('names its file and every fault at once', () => {
    const value = { ...structuredClone(production), region: 'x', environment: '!' };
    expect(parsed(value)).toThrow(/^config\/production\.yml: 2 faults\n {2}environment: .*\n {2}region: /);
  });

  it('is refused in so many words, without a line where none is known', () => {
    const value = { ...structuredClone(production), regoin: 'x', stage: 'x', region: 7 };
    expect(parsed(value)).toThrow(
      /^config\/production\.yml: 2 faults\n {2}region: expected string, received number\n {2}input: unknown key "regoin", "stage"; allowed: environment, region, .*, contacts$/,
    );
  });

  it.each([null, undefined, 'text', 7, []])('that is %j is refused', (value) => {
    expect(parsed(value)).toThrow(InvalidInputError);
  });

  it('cannot be changed after it was read', () => {
    const config = parseConfig(structuredClone(production), 'x');
    expect(() => Object.assign(config.limits, { rounds: 99 })).toThrow(TypeError);
    expect(() => Object.assign(serviceConfig(config, serviceName).capacity.emergency, { max: 99 })).toThrow(
      TypeError,
    );
  });

  it('knows which services it has', () => {
    expect(() => serviceConfig(production, 'checkout')).toThrow(
      'service: "checkout" is not configured in production; allowed: buywhere-api',
    );
  });

  it.each(['constructor', '__proto__', 'toString'])('does not take %s for a service', (name) => {
    expect(() => serviceConfig(production, name)).toThrow(InvalidInputError);
  });
});

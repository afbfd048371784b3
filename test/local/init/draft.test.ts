import { describe, expect, it } from '@jest/globals';
import { checkedText } from '../../../local/init/check.ts';
import { draftOf } from '../../../local/init/draft.ts';
import type { Found } from '../../../local/init/read.ts';
import type { Told } from '../../../local/init/stage-file.ts';

const wanted = {
  name: 'shop',
  region: 'eu-west-1',
  kind: 'production',
  cluster: 'shop',
  service: 'shop-api',
} as const;
const balancing = {
  kind: 'application',
  loadBalancer: 'app/shop/50dc6c495c0c9188',
  targetGroup: 'targetgroup/shop-api/6d0ecf831eec9f09',
  others: [],
} as const;
const suspended = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };
const policy = { scaleOutCooldownSeconds: 60, scaleInCooldownSeconds: 300, disableScaleIn: false };

const usual: Found = {
  desired: 3,
  strategy: 'ROLLING',
  fargate: true,
  cpuUnits: 512,
  balancing: { ...balancing, others: [] },
  cpuMetricSeconds: 60,
  unread: {},
  taskRoles: ['shop-task'],
  bounds: { min: 1, max: 10, suspended },
  tracking: [],
  otherPolicies: [],
  published: [],
  busiestMinute: undefined,
};

/** The draft, and the lines about a key. */
function drafted(found: Partial<Found>, key = '') {
  const { draft, told } = draftOf(wanted, { ...usual, ...found });
  return { draft, told: told.filter((one) => one.key.startsWith(key)) };
}
const said = (told: readonly Told[]) => told.map(({ state, value, why }) => [state, value, why]);

describe('the bounds of a quiet day', () => {
  it.each<[string, Partial<Found>, object, object]>([
    ['as registered', {}, { desired: 3, min: 1, max: 10 }, { min: 2, max: 20 }],
    [
      'none registered, and nothing runs',
      { desired: 0, bounds: undefined },
      { desired: 1, min: 1, max: 1 },
      { min: 2, max: 2 },
    ],
    [
      'a min of 0, which no run could give back',
      { desired: 0, bounds: { min: 0, max: 4, suspended } },
      { desired: 1, min: 1, max: 4 },
      { min: 2, max: 8 },
    ],
    [
      'a count above max, which a person set',
      { desired: 12 },
      { desired: 10, min: 1, max: 10 },
      { min: 2, max: 20 },
    ],
    [
      'a large service',
      { desired: 40, bounds: { min: 30, max: 60, suspended } },
      { desired: 40, min: 30, max: 60 },
      { min: 30, max: 120 },
    ],
  ])('%s', (_, found, baseline, emergency) => {
    const { draft } = drafted(found);
    expect({ baseline: draft.baseline, emergency: draft.emergency }).toEqual({ baseline, emergency });
    expect(() => checkedText(draft, 'config/shop.yml')).not.toThrow();
  });

  it('say what AWS has where the file has something else', () => {
    const { told } = drafted({ desired: 0, bounds: { min: 0, max: 4, suspended } }, 'capacity.baseline');
    expect(said(told)).toEqual([
      ['assumed', '1', 'it is 0 now, outside of min and max'],
      ['assumed', '1, 4', 'registered are 0, 4; each must be 1 or more'],
    ]);
  });

  it('say that scaling is suspended', () => {
    const bounds = { min: 1, max: 10, suspended: { ...suspended, dynamicScalingIn: true } };
    const { told } = drafted({ bounds }, 'capacity.baseline min');
    expect(said(told)).toEqual([['found', '1, 10', 'scalable target; some of its scaling is suspended']]);
  });
});

describe('the CPU policy of an emergency', () => {
  it.each([
    [70, 50],
    [80, 57],
    [50, 35],
    [1, 1],
  ])('is as far below %d %% as the runbook goes: %d %%', (target, emergency) => {
    const tracking = [
      { ...policy, name: 'cpu', metric: 'ECSServiceAverageCPUUtilizationHighResolution', target },
    ];
    expect(drafted({ tracking }).draft.cpuPolicy).toMatchObject({
      name: 'cpu',
      baseline: { target },
      emergency: { target: emergency, scaleOutCooldownSeconds: 30, scaleInCooldownSeconds: 180 },
    });
  });

  it('leaves a policy on memory and a step policy alone', () => {
    const tracking = [
      { ...policy, name: 'memory', metric: 'ECSServiceAverageMemoryUtilization', target: 80 },
    ];
    const { draft, told } = drafted({ tracking, otherPolicies: ['steps'] }, 'scaling policy');
    expect(draft.cpuPolicy.name).toBe('shop-api-cpu-scaling');
    expect(told.map(({ value }) => value)).toEqual(['memory', 'steps']);
  });

  it('is not written with a name that the product could not use, and the field is named', () => {
    const tracking = [{ ...policy, name: 'a:b', metric: 'ECSServiceAverageCPUUtilization', target: 70 }];
    expect(() => checkedText(drafted({ tracking }).draft, 'config/shop.yml')).toThrow(
      'config/shop.yml is not written, because packaging would refuse it: services.shop-api.cpuPolicy.name: must be 1 to 256 printable ASCII characters without a colon',
    );
  });
});

describe('where requests come from', () => {
  it('is nowhere behind a Network Load Balancer, which counts none', () => {
    const { draft, told } = drafted(
      { balancing: { kind: 'network', loadBalancer: 'net/shop/1' } },
      'loadBalancer',
    );
    expect(draft).toMatchObject({ loadBalancer: undefined, requestsPerMinute: 60 });
    expect(draft.metrics.latencyP99Seconds).toEqual([]);
    expect(said(told)).toEqual([
      ['left out', '', 'net/shop/1 is no Application Load Balancer: it counts no requests'],
    ]);
  });

  it('is one target group of several, and the others are named', () => {
    const others = ['targetgroup/shop-admin/7a1ecf831eec9f10'];
    const { told } = drafted({ balancing: { ...balancing, others } }, 'targetGroup');
    expect(said(told)[1]).toEqual(['left out', others[0], 'a service is watched at one target group']);
  });

  it('is in the comments as well, by the busiest minute', () => {
    const { draft } = drafted({ busiestMinute: 2345 });
    const { text } = checkedText(draft, 'config/shop.yml');
    expect(text.match(/# The busiest minute of the last day had 2345/g)).toHaveLength(2);
  });
});

describe('what a service publishes itself', () => {
  it('is read in the namespace that has most of it', () => {
    const published = [
      { namespace: 'Other', name: 'DBPoolUsage' },
      { namespace: 'Other', name: 'Orders' },
      { namespace: 'Shop/API', name: 'PgBouncerPoolUsage' },
      { namespace: 'Shop/API', name: 'PgBouncerWaitTime' },
    ];
    const { draft, told } = drafted({ published }, 'metrics');
    expect(draft.customNamespace).toBe('Shop/API');
    expect(draft.metrics).toMatchObject({ dbPoolPercent: [], pgbouncerPoolPercent: ['cloudwatch'] });
    expect(told.map(({ key }) => key)).toEqual(['metrics dbPoolPercent']);
  });
});

describe('the quota', () => {
  it.each([
    [{}, "the account's vCPU quota of Fargate / 0.5: see the file"],
    [{ cpuUnits: undefined }, "the account's vCPU quota of Fargate / vCPU of a task: see the file"],
    [{ fargate: false }, 'how many of its tasks the container instances can hold: see the file'],
  ])('of %j comes from %s', (found, why) => {
    expect(drafted(found, 'services.shop-api.capacity.taskQuota').told[0]?.why).toBe(why);
  });
});

it('quotes what YAML would read otherwise', () => {
  const odd = { ...wanted, service: '1234', cluster: 'yes' };
  const { draft } = draftOf(odd, { ...usual, taskRoles: ['team/*', '@x'] });
  expect(() => checkedText(draft, 'config/shop.yml')).not.toThrow();
});

import { during } from './circumstances.ts';
import type { Mutation } from './mutation.ts';

/** Bugs in what the way back takes for calm, and in how it ends. */
export const inWayBack: readonly Mutation[] = [
  {
    scenario: 49,
    name: 'every warning is taken for a normal day',
    file: 'shared/plan/scale-in.ts',
    find: '(limits.metrics[metric]?.upTo ?? 0)',
    replace: '(limits.metrics[metric]?.upTo ?? Number.POSITIVE_INFINITY)',
    amid: { troubles: [{ kind: 'connections-held', connections: 35, from: 60, until: 7200 }] },
  },
  {
    scenario: 50,
    name: 'scales a service by the metrics of a target group that it does not have',
    file: 'shared/assess/target-groups.ts',
    find: 'groups.length === 0 || groups.includes(targetGroup)',
    replace: 'groups.length >= 0 || groups.includes(targetGroup)',
    amid: {
      shown: {
        serviceMembers: {
          loadBalancers: [
            {
              targetGroupArn: 'arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:targetgroup/other/1',
            },
          ],
        },
      },
    },
  },
  {
    scenario: 51,
    name: 'a health endpoint that cannot be reached is down',
    file: 'shared/assess/observe.ts',
    find: "return { level: 'unknown', unknown: reading.unknown",
    replace: "return { level: 'critical', unknown: reading.unknown",
    amid: { troubles: [{ kind: 'endpoint-down', endpoint: 'mcp', from: 0, until: 7200 }] },
  },
  {
    scenario: 55,
    name: 'max goes back, whatever a person raised above it',
    file: 'shared/plan/scale-in.ts',
    find: 'max: Math.max(bounds.max, bounds.min, count),',
    replace: 'max: bounds.max,',
    amid: {
      faults: [
        {
          kind: 'person',
          at: during('scale-in', 'Wait for calm'),
          change: { setting: 'bounds', min: 12, max: 20 },
        },
      ],
    },
  },
  {
    scenario: 56,
    name: 'goes on asking for what people have restored themselves',
    file: 'statemachines/approval-reminder.yml',
    find: 'StringEquals: restored, Next: Withdraw the request }',
    replace: 'StringEquals: none, Next: Withdraw the request }',
    amid: {
      environment: 'production',
      approver: { answer: 'never', delaySeconds: 60 },
      faults: [
        {
          kind: 'person',
          at: { ...during('scale-in', 'Ask for approval'), afterSeconds: 15 },
          change: { setting: 'everything' },
        },
      ],
    },
  },
];

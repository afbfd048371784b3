import { rare } from '../generate/circumstances.ts';
import { asked, during } from './circumstances.ts';
import type { Mutation } from './mutation.ts';

/** Bugs in what the way back takes for calm, and in how it ends. */
export const inWayBack: readonly Mutation[] = [
  {
    scenario: 48,
    name: 'traffic that has vanished is a quiet hour',
    file: 'shared/plan/vanished-traffic.ts',
    find: 'rate >= leastShare * usual',
    replace: 'rate <= leastShare * usual',
    amid: rare.trafficVanishes,
  },
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
    amid: rare.anotherTargetGroup,
  },
  {
    scenario: 50,
    name: 'gives a service policies on a target group that it does not have',
    file: 'shared/autoscaling/present.ts',
    find: 'assertItsTargetGroup(service, view);',
    replace: '',
    amid: rare.anotherTargetGroup,
  },
  {
    scenario: 'invariant 4',
    name: 'takes a request rate of NaN for no request',
    file: 'shared/assess/no-requests.ts',
    find: "(fault === 'value' && name !== 'requestRatePerMinute')",
    replace: "fault === 'value'",
    amid: rare.requestsAreNaN,
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
    scenario: 'invariant 4',
    name: 'waits for the request rate of a service that counts no requests',
    file: 'shared/plan/demand.ts',
    find: "metrics.requestRatePerMinute.level !== 'none'",
    replace: "metrics.requestRatePerMinute.level !== 'ok'",
    amid: { worker: true },
  },
  {
    scenario: 'invariant 20',
    name: 'a restore says nothing of what it leaves',
    file: 'functions/close-incident.ts',
    find: 'verification?.differences ?? []',
    replace: '[]',
    amid: {
      faults: [
        {
          kind: 'person',
          at: { machine: 'scale-in', state: 'Wait for calm', visit: 1, afterSeconds: 5 },
          change: { setting: 'policy', target: 60, cooldown: 120 },
        },
        {
          kind: 'person',
          at: { machine: 'scale-in', state: 'Wait for calm', visit: 1, afterSeconds: 8 },
          change: { setting: 'bounds', min: 2, max: 14 },
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
    amid: rare.restoredByHand,
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
    scenario: 'invariant 12',
    name: 'a restore that removes no task asks nobody',
    file: 'shared/plan/scale-in.ts',
    find: '    approvalRequired: required,',
    replace:
      "    approvalRequired: required && 'desired' in assessment.service && assessment.service.desired > (snapshot?.desired ?? 0),",
    amid: {
      ...asked,
      traffic: { factor: 1.2, riseSeconds: 60, holdSeconds: 420 },
      faults: [
        {
          kind: 'person',
          at: during('scale-in', 'Wait for calm'),
          change: { setting: 'desired', by: -20 },
        },
      ],
    },
  },
];

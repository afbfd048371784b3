import { during, refused } from './circumstances.ts';
import type { Mutation } from './mutation.ts';

/** Bugs in calls to AWS, in events and locks, and in what happens around a run. */
export const inRuns: readonly Mutation[] = [
  {
    scenario: 1,
    name: 'a pending update of autoscaling is final',
    file: 'shared/aws/retry.ts',
    find: "  ConcurrentUpdateException: 'THROTTLING',\n",
    replace: '',
    amid: {
      faults: [refused('application-autoscaling:RegisterScalableTarget', 'ConcurrentUpdateException')],
    },
  },
  {
    scenario: 2,
    name: 'a reached limit is asked for again and again',
    file: 'shared/aws/retry.ts',
    find: "  LimitExceededException: 'CLIENT_ERROR',\n",
    replace: '',
    amid: { faults: [refused('application-autoscaling:RegisterScalableTarget', 'LimitExceededException')] },
  },
  {
    scenario: 3,
    name: 'the first error of AWS is final',
    file: 'shared/aws/retry.ts',
    find: 'const usualAttempts = 8;',
    replace: 'const usualAttempts = 1;',
  },
  {
    scenario: 4,
    name: "a step whose answer was lost is taken for a person's change",
    file: 'shared/writes/desired-count.ts',
    find: 'if (present === step && present !== expected)',
    replace: 'if (present === step && present === expected)',
    amid: { faults: [{ kind: 'crash', function: 'scale-in', call: 'ecs:UpdateService', when: 'after' }] },
  },
  {
    scenario: 5,
    name: 'a repeated event starts a run again',
    file: 'shared/incident/lock.ts',
    find: '!record?.seenEvents.includes(eventId)',
    replace: '!record?.seenEvents.includes(request.execution.name)',
    amid: {
      faults: [
        { kind: 'alarm', alert: 'APIDown', at: during('scale-in', 'Wait for calm'), flaps: 0 },
        { kind: 'repeat-event', afterSeconds: 5 },
      ],
    },
  },
  {
    scenario: 6,
    name: 'only the age of an event counts, not its alarm',
    file: 'shared/intake/understand.ts',
    find: "if (present === 'OK') return",
    replace: "if (present === 'OK' && !event.time) return",
  },
  {
    scenario: 7,
    name: 'the lock is taken without looking at the answer',
    file: 'shared/incident/open.ts',
    find: 'updateRecord(store, {',
    replace: 'updateRecord({ ...store, write: (...sent) => store.write(...sent).then(() => true) }, {',
    amid: {
      faults: [
        {
          kind: 'wire',
          call: 'states:DescribeExecution',
          first: 1,
          times: 60,
          what: { kind: 'delay', seconds: 5 },
        },
        { kind: 'alarm', alert: 'HighErrorRate', at: during('scale-in', 'Wait for calm'), flaps: 0 },
        { kind: 'alarm', alert: 'HighLatencyP99', at: during('scale-in', 'Wait for calm'), flaps: 0 },
      ],
    },
  },
  {
    scenario: 8,
    name: 'one run too many within an hour',
    file: 'shared/incident/lock.ts',
    find: 'recent.length >= limits.emergencyRunsPerHour',
    replace: 'recent.length > limits.emergencyRunsPerHour',
    amid: {
      faults: [200, 500, 800, 1100].map((atSeconds) => ({
        kind: 'alarm',
        alert: 'APIDown',
        at: { atSeconds },
        flaps: 0,
      })),
    },
  },
  {
    scenario: 17,
    name: 'a deleted service is scaled',
    file: 'shared/aws/ecs.ts',
    find: "if (service.status !== 'ACTIVE') {",
    replace: 'if (service.status === undefined) {',
    amid: { faults: [{ kind: 'gone', at: during('emergency-scaling', 'Plan the capacity') }] },
  },
  {
    scenario: 20,
    name: "the run's own half-written bounds count as a person's",
    file: 'shared/writes/guarded-write.ts',
    find: '{ ...expected, ...landed(wanted, present) }',
    replace: 'expected',
    amid: {
      faults: [
        {
          kind: 'crash',
          function: 'register-target',
          call: 'application-autoscaling:RegisterScalableTarget',
          when: 'after',
        },
      ],
    },
  },
  {
    scenario: 21,
    name: 'nobody hears of a run that a person stopped',
    file: 'shared/notices/watcher.ts',
    find: "detail.status === 'ABORTED' || ",
    replace: '',
    amid: {
      faults: [
        {
          kind: 'stop',
          machine: 'emergency-scaling',
          at: during('emergency-scaling', 'Wait for the tasks'),
        },
      ],
    },
  },
  {
    scenario: 22,
    name: 'a run that died after it took the lock joins itself',
    file: 'shared/incident/lock.ts',
    find: 'record?.owner !== request.execution.arn',
    replace: 'record?.owner !== request.execution.name',
    amid: {
      trigger: 'alarm',
      faults: [{ kind: 'crash', function: 'open-incident', call: 'store:write', when: 'after' }],
    },
  },
  {
    scenario: 30,
    name: 'an alert message of any size is read',
    file: 'shared/intake/message-body.ts',
    find: 'if (Buffer.byteLength(body) > largestMessage)',
    replace: 'if (Buffer.byteLength(body) > 100 * largestMessage)',
  },
  {
    scenario: 31,
    name: 'it checks every second',
    file: 'shared/verify/verify.ts',
    find: 'nextCheckSeconds: loop.intervalSeconds,',
    replace: 'nextCheckSeconds: 1,',
  },
  {
    scenario: 32,
    name: 'a lock is free after two minutes of the clock',
    file: 'shared/incident/lock-request.ts',
    find: 'record && ownerRuns && request.startedBy !== record.owner ?',
    replace:
      'record && ownerRuns && request.startedBy !== record.owner && Date.parse(request.receivedAt) - Date.parse(record.lockedAt) < 120_000 ?',
    amid: {
      faults: [
        {
          kind: 'alarm',
          alert: 'HighCPU',
          at: during('emergency-scaling', 'Wait for the tasks', 4),
          flaps: 0,
        },
      ],
    },
  },
  {
    scenario: 33,
    name: 'a held run is mailed, but nobody is paged',
    file: 'shared/notices/pagerduty.ts',
    find: "  held: 'trigger',\n",
    replace: '',
    amid: {
      environment: 'production',
      faults: [{ kind: 'alarm', alert: 'APIDown', at: { atSeconds: 300 }, flaps: 0 }],
    },
  },
  {
    scenario: 38,
    name: 'a channel that failed counts as sent',
    file: 'shared/notices/send.ts',
    find: 'else delivery.failed.push({ channel, ...failureOf(result.reason) });',
    replace: 'else delivery.sent.push(channel);',
    amid: {
      environment: 'production',
      faults: [{ kind: 'channel', channel: 'chat', first: 1, times: 100 }],
    },
  },
  {
    scenario: 40,
    name: 'an alarm during scale-in joins the scale-in',
    file: 'shared/incident/lock.ts',
    find: '  if (!isHandling(holder)) return undefined;',
    replace: '',
    amid: {
      faults: [
        {
          kind: 'alarm',
          alert: 'HighLatencyP99',
          at: during('scale-in', 'Wait for calm'),
          flaps: 0,
        },
      ],
    },
  },
  {
    scenario: 'invariant 6',
    name: 'a run for the pools interrupts an emergency',
    file: 'shared/incident/lock.ts',
    find: 'return isHandling(holder) || (holder.machine === machine && holder.outcome === undefined);',
    replace: 'return false;',
    amid: {
      faults: [
        {
          kind: 'start',
          machine: 'pgbouncer-emergency',
          at: during('emergency-scaling', 'Wait for the tasks'),
          input: { requestedBy: 'person' },
        },
      ],
    },
  },
  {
    scenario: 'invariant 5',
    name: 'writes without a look at the lock',
    file: 'shared/writes/under-lock.ts',
    find: '  await check();\n  await write(check);',
    replace: '  await write(check);',
  },
  {
    scenario: 'invariant 15',
    name: 'a switch that is off stops nothing',
    file: 'shared/writes/under-lock.ts',
    find: 'if (!(await context.switch.isOn()))',
    replace: 'if (!(await context.switch.isOn()) && !incident)',
    amid: {
      faults: [{ kind: 'switch', at: during('emergency-scaling', 'Take the snapshot'), forSeconds: 300 }],
    },
  },
  {
    scenario: 'invariant 17',
    name: 'unknown fields of an input are passed over',
    file: 'shared/intake/inputs.ts',
    find: 'export const ConsoleInput = strict({',
    replace: 'export const ConsoleInput = v.object({',
    amid: {
      faults: [
        {
          kind: 'faulty-input',
          machine: 'emergency-scaling',
          at: { atSeconds: 90 },
          input: { environment: 'ENVIRONMENT', service: 'SERVICE', alert: 'HighCPU', desiredCont: 9 },
        },
      ],
    },
  },
  {
    scenario: 52,
    name: 'a message of more than five hundred alerts is refused',
    file: 'shared/intake/alertmanager-message.ts',
    find: 'alerts: v.array(v.unknown()),',
    replace: 'alerts: v.pipe(v.array(v.unknown()), v.maxLength(500)),',
    amid: {
      faults: [
        { kind: 'storm', at: { atSeconds: 120 }, alert: 'HighCPU', ours: 2, foreign: 600, characters: 40 },
      ],
    },
  },
  {
    scenario: 58,
    name: 'a packed message is unpacked whatever its size',
    file: 'shared/intake/message-body.ts',
    find: '{ maxOutputLength: largestMessage }',
    replace: '{ maxOutputLength: 100 * largestMessage }',
  },
  {
    scenario: 53,
    name: 'a joined alert is written down and forgotten',
    file: 'shared/incident/lock.ts',
    find: 'const joinedNow = [...new Set([...(holder.joinedNow ?? []), name])];',
    replace: 'const joinedNow = holder.joinedNow ?? [];',
    amid: {
      trigger: 'console',
      faults: [
        {
          kind: 'start',
          machine: 'emergency-scaling',
          at: { atSeconds: 100 },
          input: { alert: 'HighLatencyP95', requestedBy: 'person' },
        },
      ],
      troubles: [
        { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'missing', from: 0, until: 9999 },
        { kind: 'monitoring-fault', fault: 'down', from: 0, until: 9999 },
      ],
    },
  },
  {
    scenario: 'invariant 17',
    name: 'whoever says so was started by a workflow',
    file: 'shared/intake/started-by.ts',
    find: '? await inputOf(startedBy) : undefined;',
    replace: '? await inputOf(startedBy) : json;',
    amid: {
      faults: [
        {
          kind: 'faulty-input',
          machine: 'scale-in',
          at: { atSeconds: 300 },
          input: {
            environment: 'ENVIRONMENT',
            service: 'SERVICE',
            startedBy: 'arn:aws:states:x:1:execution:other:run',
          },
        },
      ],
    },
  },
  {
    scenario: 54,
    name: 'the settings of an emergency are taken for the normal ones',
    file: 'shared/incident/snapshot.ts',
    find: '...(looksRaised(autoscaling, config) ? { leftRaised: true } : {}),',
    replace: '',
    amid: {
      traffic: { factor: 4, riseSeconds: 5, holdSeconds: 900 },
      faults: [{ kind: 'record-lost', at: during('emergency-scaling', 'Wait for the tasks'), idle: true }],
    },
  },
  {
    scenario: 54,
    name: 'a lock record that is gone is taken for another run',
    file: 'shared/incident/service-record.ts',
    find: 'if (!record) throw new LockRecordGoneError(',
    replace: 'if (!record) throw new LockLostError(',
    amid: {
      faults: [{ kind: 'record-lost', at: during('emergency-scaling', 'Wait for the tasks'), idle: false }],
    },
  },
];

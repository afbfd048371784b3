import { serviceKey } from '../../../shared/incident/service-record.ts';
import { production, record, service } from '../../support/builders.ts';
import { at, type Case, execution, invocation, recording, write } from '../recordings.ts';

const key = serviceKey(service.cluster, service.service);
const read = (seconds: number, lockNumber: number) => ({
  name: 'store:read',
  key,
  at: at(seconds),
  body: { version: 1, body: { lockNumber } },
});
const update = { name: 'ecs:UpdateService', at: at(100) };
const operating = (...operations: (typeof update)[]) => ({
  invocations: [invocation('scale-in', 'scale-in', { operations })],
});
const opened = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    invocation('open-incident', `emergency-scaling-${index}`, {
      startedAt: at(index * 60),
      result: { status: 'opened' },
    }),
  );
const emergencies = (count: number) => ({
  invocations: opened(count),
  executions: Array.from({ length: count }, (_, index) =>
    execution('emergency-scaling', { arn: `emergency-scaling-${index}` }),
  ),
});
const limit = production.limits.emergencyRunsPerHour;
const joined = (startedAt: number) => ({
  executions: [execution('scale-in', { stopDate: at(600) })],
  locks: [{ at: at(0), record: record({ owner: 'scale-in', machine: 'scale-in' }) }],
  invocations: [
    invocation('open-incident', 'emergency-scaling', {
      startedAt,
      result: { status: 'joined', reasons: [] },
    }),
  ],
});
const turned = [{ at: at(50), on: false }];
const taken = (lockNumber: number) => [
  { at: at(50), record: record({ lockNumber, machine: 'emergency-scaling' }) },
];
const step = write(invocation('scale-in', 'scale-in'), { desired: 8 }, { desired: 6 });

export const lockCases: Case[] = [
  {
    checker: '5 lock checked before writes',
    wrong: operating(update),
    says: /the lock was never read/,
    right: operating(read(99, 1), update),
  },
  {
    checker: '5 lock checked before writes',
    wrong: operating(read(99, 2), update),
    says: /the lock that was read is not its own/,
    right: operating(read(99, 1), update),
  },
  {
    checker: '5 lock checked before writes',
    wrong: operating(read(60, 1), update),
    says: /the lock was read 40 s before/,
    right: operating(read(60, 1), read(99, 1), update),
  },
  {
    checker: '6 one live run writes',
    wrong: { locks: taken(2), writes: [step] },
    says: /lock number 1, but emergency-scaling has 2/,
    right: { locks: taken(1), writes: [step] },
  },
  {
    checker: '6 joins a live run',
    wrong: joined(at(700)),
    says: /joined scale-in, which ended/,
    right: joined(at(500)),
  },
  {
    checker: '15 runs per hour',
    wrong: emergencies(limit + 1),
    says: /emergency runs within an hour/,
    right: emergencies(limit),
  },
  {
    checker: '15 the switch stops writes',
    wrong: { switched: turned, writes: [step] },
    says: /the switch is off since 17:00:50/,
    right: { switched: [...turned, { at: at(70), on: true }], writes: [step] },
  },
  {
    checker: '14 readers only read',
    wrong: { ...recording(), invocations: [invocation('assess', 'scale-in', { operations: [update] })] },
    says: /assess calls ecs:UpdateService/,
    right: { invocations: [invocation('assess', 'scale-in', { operations: [read(99, 1)] })] },
  },
];

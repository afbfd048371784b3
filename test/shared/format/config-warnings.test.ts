import { expect, it } from '@jest/globals';

import { configWarnings } from '../../../shared/format/config-warnings.ts';

import { configWith, serviceName } from '../../support/builders.ts';

it.each([
  [60, []],
  [
    65,
    [
      `services.${serviceName}.cpuPolicy.baseline.target: the policy's target of 65 % is above the warning limit of CPU (60 %): the service may stay at warning`,
    ],
  ],
  [
    80,
    [
      `services.${serviceName}.cpuPolicy.baseline.target: the policy's target of 80 % is above the warning limit of CPU (60 %): the service may stay at warning`,
    ],
  ],
  [
    85,
    [
      `services.${serviceName}.cpuPolicy.baseline.target: the policy's target of 85 % is above the critical limit of CPU (80 %): scale-in may never find calm`,
    ],
  ],
])('a CPU target of %s %%', (target, warnings) => {
  const config = configWith((_, { cpuPolicy }) => Object.assign(cpuPolicy.baseline, { target }));
  expect(configWarnings(config)).toEqual(warnings);
});

it('a latency target above the warning limit of the slow requests', () => {
  const config = configWith((_, service) => {
    service.cpuPolicy.baseline.target = 60;
    if (service.latencyPolicy) service.latencyPolicy.targetMilliseconds = 1500;
  });
  expect(configWarnings(config)).toEqual([
    `services.${serviceName}.latencyPolicy.targetMilliseconds: the policy's target of 1.5 s is above the warning limit of P95 latency (1 s): the service may stay at warning`,
  ]);
});

it('nothing of a latency policy that there is not', () => {
  const config = configWith((_, service) => {
    service.cpuPolicy.baseline.target = 60;
    delete service.latencyPolicy;
  });
  expect(configWarnings(config)).toEqual([]);
});

it('a max of autoscaling that PostgreSQL has no connections for, with a PgBouncer beside each task', () => {
  const warningsAt = (maxConnections: number) =>
    configWarnings(
      configWith((_, { cpuPolicy, pgbouncer }) => {
        cpuPolicy.baseline.target = 60;
        Object.assign(pgbouncer ?? {}, {
          topology: 'sidecar',
          postgresql: { maxConnections, reserved: 3 },
        });
      }),
    );
  expect(warningsAt(1404)).toEqual([]);
  expect(warningsAt(1403)).toEqual([
    `services.${serviceName}.capacity.baseline.max: autoscaling may start 10 tasks by itself, and each task's PgBouncer may open 130 connections (pool 100, reserve 30), and PostgreSQL has 1,300 for them (1,403 without 3 reserved and 100 of others): room for 9 tasks, with one connection left`,
  ]);
});

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

import { afterEach, expect, it, jest } from '@jest/globals';
import { readConfig } from '../../sandbox/config-files.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { scenarioPlay } from '../../sandbox/scenario-play.ts';
import { messageOf } from '../../shared/format/errors.ts';
import { service, serviceName } from '../support/builders.ts';

jest.setTimeout(30_000);
let sandbox: Sandbox | undefined;
afterEach(() => sandbox?.close());

it.each<[string, unknown, string]>([
  ['emergency-scaling', {}, 'environment: '],
  ['emergency-scaling', { environment: 'prod' }, 'allowed: production'],
  ['emergency-scaling', { environment: 'production', service: 'checkout' }, 'allowed: buywhere-api'],
  [
    'emergency-scaling',
    { environment: 'production', alert: 'DiskFull' },
    'alert: must be one of HighLatencyP95, ',
  ],
  [
    'rollback',
    { environment: 'production', to: 'desired-count', desiredCount: -1 },
    'desiredCount: must be 1 or more',
  ],
  [
    'rollback',
    { environment: 'production', to: 'desired-count', desiredCount: 2.5 },
    'desiredCount: must be a whole number',
  ],
  [
    'configure-autoscaling',
    { environment: 'production', maxCapacity: 50 },
    'maxCapacity: must be at most 20, the ceiling of every run',
  ],
  ['scale-in', { environment: 'production', alarm: 'x' }, 'unknown key "alarm"'],
])('%s with %j fails with the cause, before any read or write', async (machine, input, message) => {
  const world = scenarioPlay('quiet', service, 1).world;
  const one = createSandbox({
    config: readConfig('production'),
    service: serviceName,
    world,
    seed: 1,
    alarmsStartRuns: false,
  });
  sandbox = one;
  const before = one.aws.settings(service.cluster, service.service);
  const execution = one.engine.startExecution({ machine, input });
  await one.time.runUntil(() => execution.status !== 'RUNNING', 600_000);

  expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidInputError' });
  expect(messageOf(execution.cause ?? '')).toContain(message);
  expect(execution.cause).not.toMatch(/\bat .*:\d+:\d+/);
  expect(one.aws.writes).toEqual([]);
  // Only the watcher speaks: it tells people of the failed execution.
  expect(one.aws.calls.filter(({ service: called }) => called !== 'sns')).toEqual([]);
  expect(one.aws.settings(service.cluster, service.service)).toEqual(before);
});

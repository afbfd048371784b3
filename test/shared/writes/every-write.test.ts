import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { expect, it } from '@jest/globals';
import { wireRequestHandler } from '../../../sandbox/aws/sdk.ts';
import { writeTrackingPolicy } from '../../../shared/autoscaling/tracking-policies.ts';
import { deletePolicy, writeBounds, writeCpuPolicy } from '../../../shared/aws/autoscaling.ts';
import { setDesiredCount } from '../../../shared/aws/ecs.ts';
import { deploy, stopDeployment } from '../../../shared/aws/ecs-deployments.ts';
import type { Precondition } from '../../../shared/aws/repeated-attempts.ts';
import { retryStrategy } from '../../../shared/aws/retry.ts';
import { bounds, policy } from '../../support/builders.ts';

/** Clients whose first call gets no answer, and whose second one does. */
function clients(happened: string[]) {
  const options = {
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    retryStrategy: retryStrategy(() => 0),
    requestHandler: wireRequestHandler(async () => {
      const first = !happened.includes('sent');
      happened.push('sent');
      return {
        status: first ? 503 : 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify(first ? { __type: 'ServiceUnavailable' } : {}),
      };
    }, 'test'),
  };
  return { ecs: new ECSClient(options), autoscaling: new ApplicationAutoScalingClient(options) };
}
type Clients = ReturnType<typeof clients>;

const name = { cluster: 'buywhere-production', service: 'buywhere-api' };
const cpu = { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' } as const;

it.each<[string, (made: Clients, check: Precondition) => Promise<unknown>]>([
  ['the bounds', ({ autoscaling }, check) => writeBounds(autoscaling, name, bounds(), check)],
  ['the CPU policy', ({ autoscaling }, check) => writeCpuPolicy(autoscaling, name, policy(), check)],
  ['a deleted policy', ({ autoscaling }, check) => deletePolicy(autoscaling, name, 'temporary', check)],
  [
    'a tracking policy',
    ({ autoscaling }, check) =>
      writeTrackingPolicy(autoscaling, name, { ...policy(), metric: 'CPU' }, cpu, check),
  ],
  ['the desired count', ({ ecs }, check) => setDesiredCount(ecs, name, 9, check)],
  ['a deployment', ({ ecs }, check) => deploy(ecs, name, 'buywhere-api:41', check)],
  ['a stopped deployment', ({ ecs }, check) => stopDeployment(ecs, 'deployment/2', check)],
])('the write of %s is checked before it is repeated', async (_, write) => {
  const happened: string[] = [];
  await write(clients(happened), async () => void happened.push('checked'));

  expect(happened).toEqual(['sent', 'checked', 'sent']);
});

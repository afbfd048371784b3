import { DescribeServiceDeploymentsCommand, ECSClient, type ServiceDeployment } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readPause } from '../../../shared/aws/ecs-pauses.ts';
import { now } from '../../support/builders.ts';

const ecs = mockClient(ECSClient);
beforeEach(() => {
  ecs.reset();
});
const read = (deployment?: ServiceDeployment) => {
  ecs.on(DescribeServiceDeploymentsCommand).resolves(deployment ? { serviceDeployments: [deployment] } : {});
  return readPause(new ECSClient({}), 'arn:deployment');
};
type Hook = NonNullable<ServiceDeployment['lifecycleHookDetails']>[number];
const waiting: Hook = { hookId: 'hook-1', targetType: 'PAUSE', status: 'AWAITING_ACTION' };

describe('the pause of a deployment', () => {
  it('is the hook that awaits an action, with the moment at which ECS decides by itself', async () => {
    const done: Hook = { ...waiting, hookId: 'hook-0', status: 'SUCCEEDED' };
    const function_: Hook = { ...waiting, hookId: 'hook-2', targetType: 'AWS_LAMBDA' };
    const hooks = [done, function_, { ...waiting, expiresAt: new Date(now) }];
    expect(await read({ lifecycleHookDetails: hooks })).toEqual({ hookId: 'hook-1', until: now });
    expect(await read({ lifecycleHookDetails: [waiting] })).toStrictEqual({ hookId: 'hook-1' });
    expect(ecs.calls()[0]?.args[0].input).toEqual({ serviceDeploymentArns: ['arn:deployment'] });
  });

  it.each<[string, ServiceDeployment | undefined]>([
    ['the deployment is not known', undefined],
    ['it has no hooks', {}],
    ['no hook waits', { lifecycleHookDetails: [{ ...waiting, status: 'IN_PROGRESS' }] }],
    ['the hook that waits has no name', { lifecycleHookDetails: [{ ...waiting, hookId: undefined }] }],
  ])('is none where %s', async (_, deployment) => {
    expect(await read(deployment)).toBeUndefined();
  });
});

import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wireRequestHandler } from '../../sandbox/aws/sdk.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { scenarioPlay } from '../../sandbox/scenario-play.ts';
import { withShop } from '../support/other-account.ts';

let sandbox: Sandbox;
beforeAll(() => {
  const config = withShop();
  const service = config.services.checkout;
  if (!service) throw new Error('no service');
  const { world } = scenarioPlay('traffic-spike', service, 1);
  sandbox = createSandbox({ config, service: 'checkout', world, seed: 1 });
});
afterAll(() => sandbox.close());

/** Asks for the service with credentials of this key, in a Region. */
async function ask(accessKeyId: string, region: string) {
  const client = new ECSClient({
    region,
    credentials: { accessKeyId, secretAccessKey: 'any', sessionToken: 'any' },
    requestHandler: wireRequestHandler((request) => sandbox.aws.handle(request), 'assess'),
    maxAttempts: 1,
  });
  const { cluster, service } = sandbox.service;
  const { services } = await client.send(new DescribeServicesCommand({ cluster, services: [service] }));
  return services?.[0]?.serviceArn;
}

async function assume(fields: Record<string, string>) {
  const form = { Action: 'AssumeRole', Version: '2011-06-15', RoleSessionName: 'run-1', ...fields };
  const answer = await sandbox.aws.handle({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    caller: 'assess',
  });
  return {
    status: answer.status,
    key: /<AccessKeyId>(\w+)</.exec(answer.body)?.[1] ?? '',
    body: answer.body,
  };
}

const RoleArn = 'arn:aws:iam::222233334444:role/emergency-scaling-production-shop-assess';
const ExternalId = 'of-the-shop';

describe('two accounts', () => {
  it('show a person with any credentials what is in the Region', async () => {
    expect(await ask('test', 'eu-west-1')).toMatch(/^arn:aws:ecs:eu-west-1:222233334444:service\//);
    await expect(ask('test', 'ap-southeast-1')).rejects.toMatchObject({ name: 'ClusterNotFoundException' });
  });

  it('take requests by whose credentials have signed them, and for which Region', async () => {
    const { key } = await assume({ RoleArn, ExternalId });
    expect(await ask(key, 'eu-west-1')).toMatch(/^arn:aws:ecs:eu-west-1:222233334444:service\//);
    const refused = { name: 'UnrecognizedClientException' };
    await expect(ask(key, 'us-east-1')).rejects.toMatchObject(refused);
    await expect(ask('ASIAFOREIGN', 'eu-west-1')).rejects.toMatchObject(refused);
  });

  it.each([
    ['another function', { RoleArn: RoleArn.replace('-assess', '-scale-out'), ExternalId }],
    ['another external id', { RoleArn, ExternalId: 'other' }],
    ['no external id', { RoleArn }],
    ['no such role', { RoleArn: 'arn:aws:iam::222233334444:role/admin', ExternalId }],
  ])('let nobody in: %s', async (_, fields) => {
    const { status, body } = await assume({ ...fields });
    expect([status, body]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
    expect(body).toContain(
      'is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222233334444:role/',
    );
  });

  it('refuse a session whose name STS does not take', async () => {
    const { body } = await assume({ RoleArn, ExternalId, RoleSessionName: 'a run' });
    expect(body).toContain('<Code>ValidationError</Code>');
  });
});

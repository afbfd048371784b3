import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Hono } from 'hono';
import { type AwsServer, serveAws } from '../../../sandbox/aws/server.ts';
import type { FaultPlan } from '../../../sandbox/aws/wire.ts';
import { CLUSTER, SERVICE } from './fake-world.ts';
import { createHarness } from './harness.ts';

let server: AwsServer | undefined;
let client: ECSClient | undefined;

afterEach(async () => {
  client?.destroy();
  await server?.close().catch(() => undefined);
});

async function started(faults?: FaultPlan, userAgentAppId?: string) {
  const { aws } = createHarness(faults && { faults });
  const routes = new Hono();
  routes.get('/approve/:handle', (context) => context.html(`<p>${context.req.param('handle')}</p>`));
  server = await serveAws(aws.handle, { port: 0, routes });
  client = new ECSClient({
    region: 'ap-southeast-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    maxAttempts: 1,
    ...(userAgentAppId && { userAgentAppId }),
  });
  return { aws, server, client };
}

const read = new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] });
const write = new UpdateServiceCommand({ cluster: CLUSTER, service: SERVICE, desiredCount: 5 });

describe('the server on loopback', () => {
  it('answers an SDK client over a real socket, with errors as AWS sends them', async () => {
    const { aws, client } = await started();
    await client.send(write);
    const { services } = await client.send(read);
    expect(services?.[0]?.desiredCount).toBe(5);
    await expect(client.send(new DescribeServicesCommand({ services: ['x'] }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
    });
    expect(aws.writes[0]).toMatchObject({ who: 'sdk', to: { desired: 5 } });
  });

  it('tells the AWS CLI by its user agent', async () => {
    const { aws, client } = await started(undefined, 'aws-cli');
    await client.send(read);
    expect(aws.calls[0]?.caller).toBe('aws-cli');
  });

  it('drops the connection of a call that times out after its effect', async () => {
    const { aws, client } = await started((call) =>
      call.operation === 'UpdateService' ? { kind: 'timeout-after' } : undefined,
    );
    await expect(client.send(write)).rejects.toThrow('socket hang up');
    expect(aws.settings(CLUSTER, SERVICE).desired).toBe(5);
    await expect(client.send(read)).resolves.toBeDefined();
  });

  it('serves further pages, and 404 for what is no AWS call', async () => {
    const { server } = await started();
    const page = await fetch(`${server.url}/approve/abc`);
    expect([page.status, await page.text()]).toEqual([200, '<p>abc</p>']);
    expect((await fetch(`${server.url}/elsewhere`)).status).toBe(404);
  });

  it('frees its port when it is closed', async () => {
    const { server } = await started();
    await expect(
      serveAws(async () => ({ status: 200, headers: {}, body: '' }), { port: server.port }),
    ).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await server.close();
    const second = await serveAws(async () => ({ status: 200, headers: {}, body: '' }), {
      port: server.port,
    });
    await second.close();
  });
});

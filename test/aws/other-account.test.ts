import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readConfig } from '../../sandbox/config-files.ts';
import { alarmsOf } from '../../shared/alarms/cloudwatch-alarms.ts';
import { readBounds, writeBounds } from '../../shared/aws/autoscaling.ts';
import { autoscaling, ecs } from '../../shared/aws/clients.ts';
import { readService, setDesiredCount } from '../../shared/aws/ecs.ts';
import { elsewhereOf } from '../../shared/config/elsewhere.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import { cluster, service as serviceName } from './calls/call.ts';
import { createAutoscaling } from './deployed/account.ts';
import { deployedHandlers, type Handler } from './deployed/functions.ts';
import { type Moto, startMoto } from './moto.ts';
import { createService } from './service.ts';

jest.setTimeout(60_000);

const shop = { account: '222233334444', region: 'eu-west-1', externalId: 'of-the-shop', iam: {} };
const home = { account: '123456789012', region: 'ap-southeast-1' };
const config = structuredClone(readConfig('production'));
config.accounts = { shop };
const service = serviceConfig(config, serviceName);
service.account = 'shop';
const name = { cluster, service: serviceName };
const [alarm] = alarmsOf(service, config);

/** moto's accounts: whose role was taken is whose resources are seen. The shop's own people set it up. */
let moto: Moto;
let handlers: ReadonlyMap<string, Handler>;
let inTheShop: { ecs: ECSClient; scaling: ApplicationAutoScalingClient; cloudWatch: CloudWatchClient };

beforeAll(async () => {
  moto = await startMoto({ MOTO_ECS_SERVICE_RUNNING: '3' });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: moto.url,
    AWS_REGION: home.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    EMERGENCY_SCALING_CONFIG: JSON.stringify(config),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  const credentials = fromTemporaryCredentials({
    params: { RoleArn: `arn:aws:iam::${shop.account}:role/administrator` },
    clientConfig: { region: shop.region },
  });
  const options = { region: shop.region, credentials };
  inTheShop = {
    ecs: new ECSClient(options),
    scaling: new ApplicationAutoScalingClient(options),
    cloudWatch: new CloudWatchClient(options),
  };
  await createService(inTheShop.ecs);
  await createAutoscaling(inTheShop, service);
  if (!alarm) throw new Error('the service has no alarm');
  await inTheShop.cloudWatch.send(new PutMetricAlarmCommand(alarm));
  const state = { AlarmName: alarm.AlarmName, StateValue: 'ALARM' as const, StateReason: 'a test' };
  await inTheShop.cloudWatch.send(new SetAlarmStateCommand(state));
  handlers = await deployedHandlers();
});
afterAll(async () => {
  for (const client of Object.values(inTheShop ?? {})) client.destroy();
  await moto?.stop();
});

const execution = {
  arn: `arn:aws:states:${home.region}:${home.account}:execution:emergency-scaling:run-1`,
  name: 'run-1',
  startedAt: '2026-10-02T17:00:00Z',
};
const event = (from: { account: string; region: string }) => ({
  id: '8d116ece-1738-47d9-bd9c-172411e20b8f',
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: from.account,
  region: from.region,
  time: '2026-10-02T17:00:00Z',
  detail: { alarmName: alarm?.AlarmName, state: { value: 'ALARM' } },
});
const intake = (from: typeof home) =>
  handlers.get('intake')?.({ machine: 'emergency-scaling', input: event(from), execution });

describe('the deployed functions, with a service in another account of moto', () => {
  it('intake looks the alarm up where it is', async () => {
    const seen = await new CloudWatchClient({}).send(new DescribeAlarmsCommand({}));
    expect(seen.MetricAlarms).toEqual([]);
    // Hours old: only an alarm that is found in ALARM may still act.
    expect(await intake(shop)).toMatchObject({ act: true, service: serviceName });
  });

  it('intake refuses the same event of the stage itself', async () => {
    await expect(intake(home)).rejects.toMatchObject({ name: 'InvalidInputError' });
  });

  it('read-autoscaling reads what is there', async () => {
    const request = await intake(shop);
    const plan = await handlers.get('read-autoscaling')?.({ document: { request } });
    expect(plan).toMatchObject({ action: 'configure' });
  });

  it('writes go there, and nothing is at home', async () => {
    const elsewhere = elsewhereOf({ service: serviceName, execution: 'run-1' }, 'scale-out', config);
    const clients = { ecs: ecs(1, elsewhere), autoscaling: autoscaling(1, elsewhere) };
    await setDesiredCount(clients.ecs, name, 7);
    const bounds = {
      min: 2,
      max: 20,
      suspended: { dynamicScalingIn: true, dynamicScalingOut: false, scheduledScaling: false },
    };
    await writeBounds(clients.autoscaling, name, bounds);
    expect((await readService(inTheShop.ecs, name)).desired).toBe(7);
    expect(await readBounds(inTheShop.scaling, name)).toEqual(bounds);
    await expect(readService(ecs(1), name)).rejects.toThrow(`cluster ${cluster} does not exist`);
    expect(await readBounds(autoscaling(1), name)).toBeUndefined();
  });
});

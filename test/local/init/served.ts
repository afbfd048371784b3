import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { init } from '../../../local/init.ts';
import { type Aws, type AwsOptions, createAws } from '../../../sandbox/aws/aws.ts';
import type { Output } from '../../../sandbox/aws/input.ts';
import { type AwsServer, serveAws } from '../../../sandbox/aws/server.ts';
import { mulberry32 } from '../../../sandbox/world/model/random.ts';
import type { Trouble } from '../../../sandbox/world/model/trouble.ts';
import { createWorld } from '../../../sandbox/world/world.ts';
import { publishedMetrics } from '../../../shared/metrics/cloudwatch.ts';
import { call, type Ended } from '../command.ts';

/** The service of these tests: not that of this project's own `config/`. */
export const cluster = 'shop';
export const service = 'shop-api';
export const names = {
  loadBalancer: 'app/shop/50dc6c495c0c9188',
  targetGroup: 'targetgroup/shop-api/6d0ecf831eec9f09',
};
const which = `${cluster}/${service}`;
const target = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: `service/${which}`,
};

export const cpuPolicy = {
  PolicyName: 'shop-cpu',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 60,
    ScaleOutCooldown: 20,
    ScaleInCooldown: 240,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
  },
};

/** No point of what a service publishes itself, ever. */
const silent: readonly Trouble[] = publishedMetrics.map(([, metric]) => ({
  kind: 'metric-fault',
  metric,
  fault: 'missing',
  from: -86_400,
  until: 86_400,
}));

/** What the simulated AWS has of the service. */
export interface There {
  options?: Partial<AwsOptions>;
  desired?: number;
  bounds?: { MinCapacity: number; MaxCapacity: number };
  policies?: readonly object[];
  /** Members that DescribeServices shows besides. */
  members?: Output;
  worker?: boolean;
  /** Whether it has metrics of its own; true by default. */
  publishes?: boolean;
}

const kept = { ...process.env };
let server: AwsServer | undefined;
let folder: string | undefined;

afterEach(async () => {
  process.env = { ...kept };
  await server?.close();
  server = undefined;
  if (folder) rmSync(folder, { recursive: true });
  folder = undefined;
});

/** An AWS with one service of half an hour of quiet, at the present time. */
function awsWith({
  options,
  desired = 3,
  bounds,
  policies = [],
  members,
  worker,
  publishes = true,
}: There): Aws {
  const now = () => Date.now();
  const aws = createAws({
    world: createWorld({
      now,
      random: mulberry32(1),
      services: [
        {
          cluster,
          name: service,
          desiredCount: desired,
          arrivals: () => 10,
          historySeconds: 1800,
          ...(publishes ? {} : { troubles: silent }),
          ...(worker ? { targetGroupArn: undefined } : {}),
        },
      ],
    }),
    now,
    random: mulberry32(2),
    region: 'eu-west-1',
    loadBalancers: { [which]: worker ? undefined : names },
    ...(members ? { shown: { [which]: { serviceMembers: members } } } : {}),
    ...options,
  });
  if (bounds) aws.seedScaling('RegisterScalableTarget', { ...target, ...bounds });
  for (const policy of policies) aws.seedScaling('PutScalingPolicy', { ...target, ...policy });
  return aws;
}

/** Serves an AWS to the commands of this process, until the test is over. */
export async function serve(handle: Aws['handle']): Promise<void> {
  server = await serveAws(handle, { port: 0 });
  environment({ AWS_ENDPOINT_URL: server.url, AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
}

/** What answers every call of the JSON protocols with this error. */
export const refusal = (name: string, message: string) => async () => ({
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: name, message }),
});

/** An environment of a person who has set nothing of AWS but this. */
export function environment(variables: Record<string, string>): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    ...variables,
  });
}

/** Where a test may write files. */
export function ownFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), 'init-'));
  return folder;
}

/** Runs `npm run init` for the service of a simulated AWS, into a file of that name; further arguments go before. */
export async function initOf(there: There, ...args: string[]): Promise<Ended & { out: string }> {
  await serve(awsWith(there).handle);
  return run(...args);
}

/** The same against whatever is served. */
export async function run(...args: string[]): Promise<Ended & { out: string }> {
  const out = join(ownFolder(), 'shop.yml');
  const defaults = ['--cluster', cluster, '--service', service, '--region', 'eu-west-1', '--out', out];
  return { ...(await call(init, ...defaults, ...args)), out };
}

import { secretsIn } from '../shared/aws/secrets.ts';
import { switchIn } from '../shared/aws/switch.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import type { HttpAnswer, Log } from '../shared/lambda/context.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import type { Aws } from './aws/aws.ts';
import { switchName } from './aws/ssm/seed.ts';
import { simulatedCaches } from './cache/asking.ts';
import { clients } from './clients.ts';
import type { VirtualTime } from './clock.ts';
import type { LocalSurroundings } from './functions.ts';
import { arn, type Place } from './place.ts';
import { simulatedDatabases } from './pools/asking.ts';
import { endpointsOver, type HttpGet } from './prometheus/endpoints.ts';
import type { World } from './world/model/types.ts';

/** One structured log line of a function. */
export interface LogLine {
  at: number;
  functionName: string;
  level: 'info' | 'warn' | 'error';
  message: string;
  fields: Record<string, unknown>;
}

/** One POST to PagerDuty or to the chat. */
export interface WebhookCall {
  at: number;
  url: string;
  body: unknown;
}

/** What answers the functions, and what keeps what they said. */
interface Parts {
  config: Config;
  place: Place;
  service: ServiceConfig;
  time: VirtualTime;
  world: World;
  aws: Aws;
  store: RecordStore;
  logs: LogLine[];
  webhooks: WebhookCall[];
}

/** What the functions get in place of AWS, the network and the clock. */
export function surroundingsOf(
  parts: Parts,
  { httpGet, approvalBaseUrl }: { httpGet?: HttpGet; approvalBaseUrl?: string },
): LocalSurroundings {
  const { config, place, service, time, world, aws, store, logs, webhooks } = parts;
  const simulated = world.service(service.cluster, service.service);
  return {
    config,
    place,
    now: time.now,
    randomBytes: time.randomBytes,
    handle: aws.handle,
    store,
    httpGet: httpGet ?? endpointsOver(world, service, time.now),
    httpPost: webhooksInto(webhooks, time.now),
    ...parametersIn(parts),
    databasesFor: (who) => simulatedDatabases(simulated, service.pgbouncer, { who, recorded: aws.recorded }),
    cachesFor: (who) => simulatedCaches(simulated, service.cache, { who, recorded: aws.recorded }),
    log: (functionName) => logInto(logs, functionName, time.now),
    topicArn: arn(place, 'sns', 'emergency-scaling-notices'),
    approvalBaseUrl: approvalBaseUrl ?? 'http://127.0.0.1',
  };
}

/** The switch and the secrets, read by the product's own code from the simulated Systems Manager. */
function parametersIn({ config, aws }: Parts): Pick<LocalSurroundings, 'readSecret' | 'switchIsOn'> {
  const ssm = clients.ssm({ caller: 'parameters', region: config.region, handle: aws.handle });
  return { readSecret: secretsIn(ssm).read, switchIsOn: switchIn(ssm, switchName(config)).isOn };
}

/** PagerDuty and chat accept everything; the calls are kept. */
function webhooksInto(webhooks: WebhookCall[], now: () => number) {
  return async (url: string, body: unknown): Promise<HttpAnswer> => {
    webhooks.push({ at: now(), url, body });
    return { status: 202, latencyMilliseconds: 50, body: '' };
  };
}

/** A log that keeps its lines. */
export function logInto(logs: LogLine[], functionName: string, now: () => number): Log {
  const write =
    (level: LogLine['level']) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      logs.push({ at: now(), functionName, level, message, fields });
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import type { HttpAnswer, Log } from '../shared/lambda/context.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import type { Aws } from './aws/aws.ts';
import type { VirtualTime } from './clock.ts';
import type { LocalSurroundings } from './functions.ts';
import { arn, defaultPlace } from './place.ts';
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

const sandboxChatUrl = 'https://chat.invalid/hooks/sandbox';

/** What answers the functions, and what keeps what they said. */
interface Parts {
  config: Config;
  service: ServiceConfig;
  time: VirtualTime;
  world: World;
  aws: Aws;
  store: RecordStore;
  logs: LogLine[];
  webhooks: WebhookCall[];
  killSwitch: { on: boolean };
}

/** What the functions get in place of AWS, the network and the clock. */
export function surroundingsOf(
  parts: Parts,
  { httpGet, approvalBaseUrl }: { httpGet?: HttpGet; approvalBaseUrl?: string },
): LocalSurroundings {
  const { config, service, time, world, aws, store, logs, webhooks, killSwitch } = parts;
  return {
    config,
    now: time.now,
    randomBytes: time.randomBytes,
    handle: aws.handle,
    store,
    httpGet: httpGet ?? endpointsOver(world, service, time.now),
    httpPost: webhooksInto(webhooks, time.now),
    readSecret: async (name) =>
      name === config.notices.chat.urlSecret ? sandboxChatUrl : `sandbox-value-of-${name}`,
    switchIsOn: async () => killSwitch.on,
    log: (functionName) => logInto(logs, functionName, time.now),
    topicArn: arn({ ...defaultPlace, region: config.region }, 'sns', 'emergency-scaling-notices'),
    approvalBaseUrl: approvalBaseUrl ?? 'http://127.0.0.1',
  };
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

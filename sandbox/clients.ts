import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { getSchemaSerdePlugin } from '@smithy/core/schema';
import type {
  HttpRequest,
  MetadataBearer,
  MiddlewareStack,
  RetryErrorInfo,
  RetryStrategyV2,
  StandardRetryToken,
} from '@smithy/types';
import { credentialsElsewhere } from '../shared/aws/credentials-elsewhere.ts';
import { retryStrategy } from '../shared/aws/retry.ts';
import type { Elsewhere } from '../shared/config/elsewhere.ts';
import { wireRequestHandler } from './aws/sdk.ts';
import type { WireRequest, WireResponse } from './aws/wire.ts';

/** Whose clients, and what they talk to. */
export interface ClientOptions {
  /** The function that calls, as the sandbox records it. */
  caller: string;
  region: string;
  attempts?: number | undefined;
  /** The container that the function runs in, where there are several: each has clients of its own. */
  container?: number | undefined;
  handle(request: WireRequest): Promise<WireResponse>;
}

/** What an SDK client would otherwise look for in files and variables, some of it at each call. */
const settled = {
  endpoint: 'https://aws.invalid',
  defaultsMode: 'standard',
  useDualstackEndpoint: false,
  useFipsEndpoint: false,
  userAgentAppId: 'sandbox',
  maxAttempts: 8,
  retryMode: 'standard',
  disableClockSkewCorrection: false,
} as const;

/** Not to be memoized: a client's first call must take no other turns than the later ones, in whichever play it is made. */
const credentials = Object.assign(async () => ({ accessKeyId: 'sandbox', secretAccessKey: 'sandbox' }), {
  memoized: true,
});

/** A log and headers that nobody in the sandbox reads: they cost a fifth of a call's time. */
const unread = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/** What a client is connected to, for as long as one sandbox lasts. */
interface Line {
  handle: ClientOptions['handle'];
  retries: RetryStrategyV2;
}

const lineTo = ({ handle, attempts }: ClientOptions): Line => ({
  handle,
  retries: retryStrategy(Math.random, attempts),
});

const configOf = ({ caller, region }: ClientOptions, line: Line) => ({
  ...settled,
  region,
  credentials,
  authSchemePreference: ['sigv4'],
  // Nobody in the sandbox looks at signatures, and they cost a tenth of the time of a whole incident.
  signer: { sign: async (request: HttpRequest) => request },
  requestHandler: wireRequestHandler((request) => line.handle(request), caller),
  retryStrategy: {
    acquireInitialRetryToken: (scope: string) => line.retries.acquireInitialRetryToken(scope),
    refreshRetryTokenForRetry: (token: StandardRetryToken, info: RetryErrorInfo) =>
      line.retries.refreshRetryTokenForRetry(token, info),
    recordSuccess: (token: StandardRetryToken) => line.retries.recordSuccess(token),
  },
});

/** For a service in another account: real credentials of STS, and requests that are signed with them tell whose they are. */
function configElsewhere(options: ClientOptions, elsewhere: Elsewhere) {
  const { signer: _unsigned, ...config } = configOf(
    { ...options, region: elsewhere.region },
    lineTo(options),
  );
  return { ...config, credentials: credentialsElsewhere(elsewhere, configOf(options, lineTo(options))) };
}

/** Takes from a client what only costs time here. */
function lightened<C, In extends object, Out extends MetadataBearer>(
  client: C & {
    config: Parameters<typeof getSchemaSerdePlugin>[0];
    middlewareStack: MiddlewareStack<In, Out>;
  },
): C {
  for (const name of unread) client.middlewareStack.remove(name);
  // Each call copies the whole configuration three times, and a copy of it is copied eight times faster than the original,
  // which V8 keeps as a dictionary because of the way in which it was made.
  Object.assign(client, { config: { ...client.config } });
  client.middlewareStack.use(getSchemaSerdePlugin<In, Out>(client.config));
  return client;
}

/**
 * Makes a function's client, or connects the one of an earlier sandbox anew, with a quota of retries of its own: a client
 * takes as long to make as several calls. There is one sandbox at a time, as there is one clock.
 */
function reused<C>(make: (config: ReturnType<typeof configOf> | ReturnType<typeof configElsewhere>) => C) {
  const known = new Map<string, { client: C; line: Line }>();
  return (options: ClientOptions, elsewhere?: Elsewhere): C => {
    // Made for each execution, as it is in a container.
    if (elsewhere) return make(configElsewhere(options, elsewhere));
    const key = `${options.caller} ${options.region} ${options.container ?? ''}`;
    const before = known.get(key);
    if (before) {
      Object.assign(before.line, lineTo(options));
      return before.client;
    }
    const line = lineTo(options);
    const client = make(configOf(options, line));
    known.set(key, { client, line });
    return client;
  };
}

/** The SDK clients of the functions. */
export const clients = {
  ecs: reused((config) => lightened(new ECSClient(config))),
  autoscaling: reused((config) => lightened(new ApplicationAutoScalingClient(config))),
  cloudwatch: reused((config) => lightened(new CloudWatchClient(config))),
  states: reused((config) => lightened(new SFNClient(config))),
  sns: reused((config) => lightened(new SNSClient(config))),
  lambda: reused((config) => lightened(new LambdaClient(config))),
  ses: reused((config) => lightened(new SESv2Client(config))),
  ssm: reused((config) => lightened(new SSMClient(config))),
};

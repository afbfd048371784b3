import type { Aws } from '../../sandbox/aws/aws.ts';
import { simulatedCaches } from '../../sandbox/cache/asking.ts';
import { installVirtualTime, type VirtualTime } from '../../sandbox/clock.ts';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import { loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { createEngine, type Engine } from '../../sandbox/engine/engine.ts';
import { createStepFunctionsApi } from '../../sandbox/engine/wire/wire.ts';
import type { LocalSurroundings } from '../../sandbox/functions.ts';
import { arn, defaultPlace } from '../../sandbox/place.ts';
import { simulatedDatabases } from '../../sandbox/pools/asking.ts';
import { endpointsOver, type HttpGet } from '../../sandbox/prometheus/endpoints.ts';
import { sandboxStart } from '../../sandbox/sandbox.ts';
import type { World } from '../../sandbox/world/model/types.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { accountOf, type Hit } from './account.ts';
import { type Account, awsOf, seedService, worldOf } from './aws.ts';
import { limitedLambda } from './lambda.ts';
import { type Buckets, concurrentFunctions, createBuckets } from './limits.ts';

/** One account with many services behind AWS's limits; the shipped functions and state machines. */
export interface StormSandbox {
  hits: Hit[];
  time: VirtualTime;
  engine: Engine;
  buckets: Buckets;
  /** Told of every state that an execution leaves: the execution's name, the state's, and when. */
  onExit(tell: (execution: string, state: string, at: number) => void): void;
  /** The most functions that ran at once. */
  busiest(): number;
  close(): void;
}

export function createStormSandbox(count: number, seed: number, share: number): StormSandbox {
  const { config, hits } = accountOf(count);
  const time = installVirtualTime({ start: sandboxStart, seed });
  const buckets = createBuckets(time.now, share);
  const account: Account = { config, hits, time, buckets };
  const world = worldOf(account, seed);
  const aws = awsOf(account, world);
  const surroundings = surroundingsOf(account, world, aws);
  const listeners: Parameters<StormSandbox['onExit']>[0][] = [];
  const lambda = limitedLambda(surroundings, time.random, buckets, concurrentFunctions * share);
  const engine = createEngine({
    definitions: loadDefinitions(statemachinesFolder, { ...defaultPlace, region: config.region }),
    functions: lambda.functions,
    now: time.now,
    random: time.random,
    onEvent: (execution, { type, timestamp, stateExitedEventDetails: exited }) => {
      if (type === 'ExecutionStarted') buckets.owe('StartExecution');
      if (type.endsWith('StateEntered')) lambda.entered();
      if (exited) for (const tell of listeners) tell(execution.name, exited.name, timestamp);
    },
  });
  const api = createStepFunctionsApi(engine);
  aws.mount('AWSStepFunctions', (operation, input) => api(operation, input));
  for (const hit of hits) seedService(aws, hit, config);
  aws.start();
  const close = () => {
    aws.stop();
    time.uninstall();
  };
  const onExit: StormSandbox['onExit'] = (tell) => void listeners.push(tell);
  return { hits, time, engine, buckets, onExit, busiest: lambda.busiest, close };
}

function surroundingsOf({ config, hits, time, buckets }: Account, world: World, aws: Aws): LocalSurroundings {
  const endpoints = new Map<string, HttpGet>(
    hits.map(({ name, service }) => [`${name}.example`, endpointsOver(world, service, time.now)]),
  );
  return {
    config,
    place: { ...defaultPlace, region: config.region },
    now: time.now,
    randomBytes: time.randomBytes,
    handle: aws.handle,
    store: memoryRecordStore({ now: () => new Date(time.now()) }),
    httpGet: (url, timeout, largest) => {
      const get = endpoints.get(new URL(url).hostname);
      if (!get) throw new Error(`no service at ${url}`);
      return get(url, timeout, largest);
    },
    httpPost: async () => ({ status: 202, latencyMilliseconds: 50, body: '' }),
    readSecret: async (name) => name,
    databasesFor: () => simulatedDatabases(undefined),
    cachesFor: () => simulatedCaches(undefined, undefined),
    switchIsOn: async () => {
      if (buckets.take('switch (GetParameter)')) return true;
      throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    },
    log: () => ({ info() {}, warn() {}, error() {} }),
    topicArn: arn({ ...defaultPlace, region: config.region }, 'sns', 'emergency-scaling-notices'),
    approvalBaseUrl: 'https://approve.example',
  };
}

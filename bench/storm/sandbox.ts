import { type Aws, createAws } from '../../sandbox/aws/aws.ts';
import { installVirtualTime, type VirtualTime } from '../../sandbox/clock.ts';
import { statemachinesFolder } from '../../sandbox/config-files.ts';
import { loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { createEngine, type Engine } from '../../sandbox/engine/engine.ts';
import { createStepFunctionsApi } from '../../sandbox/engine/wire/wire.ts';
import { type LocalFunction, type LocalSurroundings, localFunctions } from '../../sandbox/functions.ts';
import { endpointsOver, type HttpGet } from '../../sandbox/prometheus/endpoints.ts';
import { sandboxStart } from '../../sandbox/sandbox.ts';
import { seedAutoscaling } from '../../sandbox/seed.ts';
import { mulberry32 } from '../../sandbox/world/model/random.ts';
import { createWorld } from '../../sandbox/world/world.ts';
import { alarmsOf } from '../../shared/alarms/cloudwatch-alarms.ts';
import { alarmName } from '../../shared/alerts/catalogue.ts';
import type { Config } from '../../shared/config/schema.ts';
import { memoryRecordStore } from '../../shared/store/memory.ts';
import { accountOf, type Hit } from './account.ts';
import { type Buckets, concurrentFunctions, createBuckets, limitOf } from './limits.ts';

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
  const world = createWorld({
    now: time.now,
    random: mulberry32(seed ^ 0x1234567),
    services: hits.map(({ service, arrivals }) => ({
      cluster: service.cluster,
      name: service.service,
      arrivals,
      desiredCount: service.capacity.baseline.desired,
      capacityPerTask: service.capacity.perTask.requestsPerMinute / 60,
      p99WarningSeconds: config.thresholds.latencyP99Seconds.warning,
      historySeconds: 600,
    })),
  });
  const aws = createAws({
    world,
    now: time.now,
    random: time.random,
    region: config.region,
    senders: [config.approval.sender],
    loadBalancers: Object.fromEntries(
      hits.map(({ service: { cluster, service, loadBalancer, targetGroup } }) => [
        `${cluster}/${service}`,
        { loadBalancer, targetGroup },
      ]),
    ),
    faults: ({ service, operation }) => {
      const limit = limitOf(service, operation);
      return !limit || buckets.take(limit) ? undefined : throttled;
    },
  });
  const endpoints = new Map<string, HttpGet>(
    hits.map(({ name, service }) => [`${name}.example`, endpointsOver(world, service, time.now)]),
  );
  const surroundings: LocalSurroundings = {
    config,
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
    switchIsOn: async () => {
      if (buckets.take('switch (GetParameter)')) return true;
      throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    },
    log: () => ({ info() {}, warn() {}, error() {} }),
    topicArn: `arn:aws:sns:${config.region}:123456789012:emergency-scaling-notices`,
    approvalBaseUrl: 'https://approve.example',
  };
  const listeners: Parameters<StormSandbox['onExit']>[0][] = [];
  const lambda = limited(surroundings, time.random, buckets, concurrentFunctions * share);
  const engine = createEngine({
    definitions: loadDefinitions(statemachinesFolder),
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

const throttled = {
  kind: 'error',
  name: 'ThrottlingException',
  message: 'Rate exceeded',
  status: 400,
} as const;

/** Its autoscaling, and the one alarm that it raises in this storm. */
function seedService(aws: Aws, { service, alert }: Hit, config: Config): void {
  seedAutoscaling(aws, service);
  const alarm = alarmsOf(service, config).find(
    ({ AlarmName }) => AlarmName === alarmName(service.service, alert),
  );
  aws.alarms.putAlarm(JSON.parse(JSON.stringify(alarm)));
  aws.alarms.setState(
    alarmName(service.service, alert),
    'OK',
    'Threshold Crossed: the datapoints were not breaching',
  );
}

/** A call of Lambda takes up to this long to begin; without it every run would keep in step with the buckets. */
const longestStartMilliseconds = 100;

/**
 * Lambda's concurrency, its containers, and Step Functions' state transitions, which it slows down rather than refuses.
 * A container serves one call at a time and has clients of its own: the SDK's budget of repetitions is theirs.
 */
function limited(surroundings: LocalSurroundings, random: () => number, buckets: Buckets, most: number) {
  const first = localFunctions(surroundings);
  const idle = [first];
  let containers = 1;
  let running = 0;
  let busiest = 0;
  let owed = 0;
  const entries = Object.keys(first).map((name): [string, LocalFunction] => [
    name,
    async (event, context) => {
      const late = owed + Math.ceil(random() * longestStartMilliseconds);
      await new Promise((resolve) => setTimeout(resolve, late));
      if (running >= most) {
        throw Object.assign(new Error('Rate Exceeded.'), { name: 'Lambda.TooManyRequestsException' });
      }
      running += 1;
      busiest = Math.max(busiest, running);
      const container = idle.pop() ?? localFunctions({ ...surroundings, container: containers++ });
      try {
        return await container[name]?.(event, context);
      } finally {
        idle.push(container);
        running -= 1;
      }
    },
  ]);
  return {
    functions: Object.fromEntries(entries),
    entered: () => {
      owed = buckets.owe('state transitions');
    },
    busiest: () => busiest,
  };
}

import { forService, serviceConfig } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import { tasksOf } from '../shared/config/servers/address.ts';
import { loadBalancingOf } from '../shared/config/servers/load-balancing.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import type { Resources } from '../shared/lambda/context.ts';
import { memoryRecordStore } from '../shared/store/memory.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { placeOf, trustIn, twoAccounts } from './accounts.ts';
import { type Aws, createAws } from './aws/aws.ts';
import type { AlarmEvent } from './aws/cloudwatch/alarm-event.ts';
import { seedParameters } from './aws/ssm/seed.ts';
import type { RoleSession } from './aws/sts.ts';
import type { FaultPlan, WriteRecord } from './aws/wire.ts';
import { withCaches } from './cache/asking.ts';
import { applyOnTime, type Besides, seedBesides } from './circumstances/besides.ts';
import { refusals } from './circumstances/denied.ts';
import { installVirtualTime, type VirtualTime } from './clock.ts';
import { statemachinesFolder } from './config-files.ts';
import { type Definitions, loadDefinitions } from './engine/definition/definitions.ts';
import { createEngine, type Engine, type EngineOptions } from './engine/engine.ts';
import { createStepFunctionsApi } from './engine/wire/wire.ts';
import { alarmRule, watcherRules } from './event-rules.ts';
import { type LocalFunction, type LocalSurroundings, localFunctions } from './functions.ts';
import { defaultPlace, type Place } from './place.ts';
import { serversOf, withPools, withSidecars } from './pools/asking.ts';
import type { HttpGet } from './prometheus/endpoints.ts';
import { seedAlarms, seedAutoscaling } from './seed.ts';
import { type LogLine, surroundingsOf, type WebhookCall } from './surroundings.ts';
import type { ServiceOptions } from './world/model/options.ts';
import { mulberry32 } from './world/model/random.ts';
import type { World } from './world/model/types.ts';
import { createWorld } from './world/world.ts';

export interface SandboxOptions {
  config: Config;
  /** Key of the service in the configuration. */
  service: string;
  /** What happens to the service: traffic, troubles, revisions. */
  world: Pick<ServiceOptions, 'arrivals'> & Partial<ServiceOptions>;
  seed: number;
  faults?: FaultPlan;
  /** Base URL of the approval links; the server's address when there is one. */
  approvalBaseUrl?: string;
  /** Whether the simulated alarms start runs by themselves, as the deployed EventBridge rule does. */
  alarmsStartRuns?: boolean;
  /** What answers GET requests in place of the simulated service, such as a real Prometheus. */
  httpGet?: HttpGet;
  /** What looks into the sandbox, or gets between its parts. */
  hooks?: SandboxHooks;
  /** What is true of the service at AWS besides. */
  besides?: Besides;
  /** Virtual time at the start; the real time where real programs take part. */
  start?: Date;
}

/** Where tests that break things take hold; each is optional and changes nothing by itself. */
export interface SandboxHooks {
  /** State machines in place of those in `statemachines/`. */
  definitions?: Definitions;
  /** Gets between the functions and their surroundings: clock, store, wire, HTTP. */
  surroundings?(own: LocalSurroundings): LocalSurroundings;
  /** Gets between the state machines and the functions. */
  functions?(own: Record<string, LocalFunction>): Record<string, LocalFunction>;
  /** Whether an alarm that fires now starts a run. */
  alarmStartsRun?(): boolean;
  /** Told of every event of every execution's history. */
  onEvent?: NonNullable<EngineOptions['onEvent']>;
  /** Told of each write in the moment that it takes effect. */
  onWrite?(write: WriteRecord): void;
}

/** The whole product on a laptop: the shipped functions and state machines over a simulated AWS, in virtual time. */
export interface Sandbox {
  config: Config;
  service: ServiceConfig;
  time: VirtualTime;
  world: World;
  /** AWS as the service sees it; mails and notices are in the mailbox too where its account is another one. */
  aws: Aws;
  /** The stage's own account and Region: the same as `aws` unless the service is in another. */
  home: Aws;
  /** Sessions of roles in the other account, by their access keys. */
  sessions: ReadonlyMap<string, RoleSession>;
  engine: Engine;
  store: RecordStore;
  functions: Record<string, LocalFunction>;
  logs: LogLine[];
  /** What PagerDuty and the chat were sent. */
  webhooks: WebhookCall[];
  /** The way to the service's PgBouncers, PostgreSQL and cache, and the secrets for it. */
  servers: Pick<Resources, 'databases' | 'caches' | 'secrets'>;
  /** Alarm events of the runbook's alarms, in order. */
  alarmEvents: AlarmEvent[];
  close(): void;
}

/** Any moment will do; a fixed one makes runs repeatable. */
export const sandboxStart = new Date('2026-10-02T17:00:00.000Z');

/** Sets the whole product up on a simulated AWS. Installs virtual time for the process, until it is closed. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { seed, besides, hooks = {} } = options;
  // The functions have the stage's, as the deployed ones, and find the service's themselves.
  const stage = withCaches(withPools(withSidecars(options.config, besides?.sidecars)));
  const config = forService(stage, options.service);
  const service = serviceConfig(config, options.service);
  const time = installVirtualTime({ start: options.start ?? sandboxStart, seed });
  const world = worldWith(service, options, time);
  const { faults: refused, authorize } = refusals(besides?.deniedCalls ?? []);
  const faults: FaultPlan = (call) => refused(call) ?? options.faults?.(call);
  const { aws, home, sessions } = awsAround(world, service, { ...options, faults }, time);
  const store = memoryRecordStore({ now: () => new Date(time.now()) });
  const kept: Pick<Sandbox, 'logs' | 'webhooks'> = { logs: [], webhooks: [] };
  seedParameters(home.parameters, config);
  const definitions = hooks.definitions ?? loadDefinitions(statemachinesFolder, stagePlace(config));
  const { place } = definitions;
  const around = surroundingsOf({ config: stage, place, service, time, world, aws, store, ...kept }, options);
  const surroundings = { ...around, authorize };
  const wired = localFunctions(hooks.surroundings?.(surroundings) ?? surroundings);
  const functions = hooks.functions?.(wired) ?? wired;
  const engine = createEngine({
    definitions,
    functions,
    now: time.now,
    random: time.random,
    ...(hooks.onEvent ? { onEvent: hooks.onEvent } : {}),
  });
  const api = createStepFunctionsApi(engine);
  home.mount('AWSStepFunctions', (operation, input) => api(operation, input));
  seedAutoscaling(aws, service, besides?.cpuMetricType);
  seedAlarms(aws, service, config, besides?.shown.idleTargetGroup !== undefined);
  try {
    if (besides) seedBesides(aws, service, time.now(), besides);
  } catch (error) {
    time.uninstall();
    throw error;
  }
  const stopApplying = besides && applyOnTime(aws, service, config.region, besides);
  const { databasesFor, cachesFor, readSecret } = around;
  const servers = {
    databases: databasesFor('status'),
    caches: cachesFor('status'),
    secrets: { read: readSecret },
  };
  const parts = {
    config,
    service,
    time,
    world,
    aws,
    home,
    sessions,
    engine,
    store,
    functions,
    servers,
    ...kept,
  };
  const startsRun = () => hooks.alarmStartsRun?.() !== false && (options.alarmsStartRuns ?? true);
  const alarmEvents = alarmRule(parts, startsRun);
  const stopWatching = watcherRules(parts);
  aws.start();
  const close = () => {
    stopWatching();
    stopApplying?.();
    aws.stop();
    time.uninstall();
  };
  return { ...parts, alarmEvents, close };
}

/** Where a stage is deployed: its state machines have the names that serverless.yml gives them. */
export const stagePlace = ({ region, environment }: Config): Place => ({
  ...defaultPlace,
  region,
  stage: environment,
});

/** The simulated service, as the configuration says that it is normally. */
function worldWith(
  service: ServiceConfig,
  { config, seed, world }: SandboxOptions,
  time: VirtualTime,
): World {
  const { capacity, pgbouncer } = service;
  return createWorld({
    now: time.now,
    random: mulberry32(seed ^ 0x1234567),
    services: [
      {
        cluster: service.cluster,
        name: service.service,
        desiredCount: capacity.baseline.desired,
        capacityPerTask: capacity.perTask.requestsPerMinute / 60,
        p99WarningSeconds: config.thresholds.latencyP99Seconds.warning,
        historySeconds: 1800,
        ...(loadBalancingOf(service) ? {} : { targetGroupArn: undefined }),
        ...world,
        ...(pgbouncer && { dbPool: { ...poolOf(service, pgbouncer), ...world?.dbPool } }),
      },
    ],
  });
}

type Pools = NonNullable<ServiceConfig['pgbouncer']>;

/** PgBouncers as their file says, and a PostgreSQL with room for the emergency's sizes and a quarter more. */
function poolOf({ cluster, capacity }: ServiceConfig, pools: Pools) {
  const { connections } = capacity.perTask;
  const { baseline, emergency } = pools;
  const servers = serversOf(pools);
  const tasks = tasksOf(pools.instances);
  return {
    servers,
    ...besideTasks(pools),
    ...(tasks && { service: { cluster: tasks.cluster ?? cluster, name: tasks.service } }),
    poolSize: baseline.defaultPoolSize,
    minPoolSize: baseline.minPoolSize,
    reservePoolSize: baseline.reservePoolSize,
    maxClientConnections: baseline.maxClientConn,
    maxConnections:
      pools.postgresql?.maxConnections ??
      Math.ceil(1.25 * servers * (emergency.defaultPoolSize + emergency.reservePoolSize)),
    ...(connections === undefined ? {} : { connectionsPerTask: connections }),
  };
}

const besideTasks = ({ topology, heldByOthers }: Pools) =>
  topology === 'sidecar' ? { sidecar: true, directConnections: heldByOthers } : {};

/** The account of the service; and the stage's own beside it, where that is another one. */
function awsAround(world: World, service: ServiceConfig, options: SandboxOptions, time: VirtualTime) {
  const { config } = options;
  const sessions = new Map<string, RoleSession>();
  const place = placeOf(options.service, config);
  const aws = createAws({ ...seenBy(service, options, time), world, ...place });
  if (service.account === undefined) return { aws, home: aws, sessions };
  const home = createAws({
    ...seenBy(service, options, time),
    world: createWorld({ now: time.now, random: time.random, services: [] }),
    region: config.region,
    sts: { trust: trustIn(config), sessions },
  });
  const handle = twoAccounts(home, { aws, place }, sessions);
  const both: Aws = {
    ...aws,
    handle,
    mailbox: home.mailbox,
    parameters: home.parameters,
    get calls() {
      return [...home.calls, ...aws.calls].sort((one, other) => one.at - other.at);
    },
  };
  return { aws: both, home, sessions };
}

/** What both accounts are made with. */
function seenBy(service: ServiceConfig, options: SandboxOptions, time: VirtualTime) {
  const { besides, config, faults, hooks } = options;
  return {
    now: time.now,
    random: time.random,
    customNamespace: service.customNamespace,
    cpuMetricSeconds: service.cpuMetricSeconds,
    senders: [config.approval.sender],
    loadBalancers: { [`${service.cluster}/${service.service}`]: loadBalancingOf(service) },
    ...(besides ? { shown: { [`${service.cluster}/${service.service}`]: besides.shown } } : {}),
    ...(faults ? { faults } : {}),
    ...(hooks?.onWrite ? { onWrite: hooks.onWrite } : {}),
  };
}

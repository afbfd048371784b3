import { alertOfAlarm } from '../shared/alerts/catalogue.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import type { HttpAnswer, Log } from '../shared/lambda/context.ts';
import { memoryRecordStore } from '../shared/store/memory.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { type Aws, createAws } from './aws/aws.ts';
import type { AlarmEvent } from './aws/cloudwatch/alarm-event.ts';
import type { FaultPlan, WriteRecord } from './aws/wire.ts';
import { applyOnTime, type Besides, seedBesides } from './circumstances/besides.ts';
import { installVirtualTime, type VirtualTime } from './clock.ts';
import { statemachinesFolder } from './config-files.ts';
import { type Definitions, loadDefinitions } from './engine/definition/definitions.ts';
import { createEngine, type Engine, type EngineOptions } from './engine/engine.ts';
import { createStepFunctionsApi } from './engine/wire/wire.ts';
import { type LocalFunction, type LocalSurroundings, localFunctions } from './functions.ts';
import { endpointsOver, type HttpGet } from './prometheus/endpoints.ts';
import { seedAlarms, seedAutoscaling } from './seed.ts';
import type { ServiceOptions } from './world/model/options.ts';
import { mulberry32 } from './world/model/random.ts';
import type { World } from './world/model/types.ts';
import { createWorld } from './world/world.ts';

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
  aws: Aws;
  engine: Engine;
  store: RecordStore;
  functions: Record<string, LocalFunction>;
  logs: LogLine[];
  /** What PagerDuty and the chat were sent. */
  webhooks: WebhookCall[];
  /** The switch that stops every run before its next write. */
  killSwitch: { on: boolean };
  /** Alarm events of the runbook's alarms, in order. */
  alarmEvents: AlarmEvent[];
  close(): void;
}

/** Any moment will do; a fixed one makes runs repeatable. */
export const sandboxStart = new Date('2026-10-02T17:00:00.000Z');
/** EventBridge needs about a second from an alarm's transition to its target. */
const deliveryMilliseconds = 1000;
const ruleId = '5f0e1d2c-7b6a-4c3d-9e8f-0a1b2c3d4e5f';

export function createSandbox(options: SandboxOptions): Sandbox {
  const { config, seed, besides, hooks = {} } = options;
  const service = serviceConfig(config, options.service);
  const time = installVirtualTime({ start: options.start ?? sandboxStart, seed });
  const { loadBalancer, targetGroup } = service;
  const world = createWorld({
    now: time.now,
    random: mulberry32(seed ^ 0x1234567),
    services: [
      {
        cluster: service.cluster,
        name: service.service,
        desiredCount: service.capacity.baseline.desired,
        capacityPerTask: service.capacity.perTask.requestsPerMinute / 60,
        p99WarningSeconds: config.thresholds.latencyP99Seconds.warning,
        dbPool: {
          poolSize: service.pgbouncer.baseline.defaultPoolSize,
          maxClientConnections: service.pgbouncer.baseline.maxClientConn,
          connectionsPerTask: service.capacity.perTask.connections,
        },
        historySeconds: 1800,
        ...options.world,
      },
    ],
  });
  const aws = createAws({
    world,
    now: time.now,
    random: time.random,
    region: config.region,
    customNamespace: service.customNamespace,
    senders: [config.approval.sender],
    loadBalancers: { [`${service.cluster}/${service.service}`]: { loadBalancer, targetGroup } },
    ...(besides ? { shown: { [`${service.cluster}/${service.service}`]: besides.shown } } : {}),
    ...(options.faults ? { faults: options.faults } : {}),
    ...(hooks.onWrite ? { onWrite: hooks.onWrite } : {}),
  });
  const store = memoryRecordStore({ now: () => new Date(time.now()) });
  const logs: LogLine[] = [];
  const webhooks: WebhookCall[] = [];
  const killSwitch = { on: true };
  const surroundings: LocalSurroundings = {
    config,
    now: time.now,
    randomBytes: time.randomBytes,
    handle: aws.handle,
    store,
    httpGet: options.httpGet ?? endpointsOver(world, service, time.now),
    httpPost: webhooksInto(webhooks, time.now),
    readSecret: async (name) =>
      name === config.notices.chat.urlSecret ? sandboxChatUrl : `sandbox-value-of-${name}`,
    switchIsOn: async () => killSwitch.on,
    log: (functionName) => logInto(logs, functionName, time.now),
    topicArn: `arn:aws:sns:${config.region}:123456789012:emergency-scaling-notices`,
    approvalBaseUrl: options.approvalBaseUrl ?? 'http://127.0.0.1',
  };
  const wired = localFunctions(hooks.surroundings?.(surroundings) ?? surroundings);
  const functions = hooks.functions?.(wired) ?? wired;
  const engine = createEngine({
    definitions: hooks.definitions ?? loadDefinitions(statemachinesFolder),
    functions,
    now: time.now,
    random: time.random,
    ...(hooks.onEvent ? { onEvent: hooks.onEvent } : {}),
  });
  const api = createStepFunctionsApi(engine);
  aws.mount('AWSStepFunctions', (operation, input) => api(operation, input));
  seedAutoscaling(aws, service, besides?.cpuMetricType);
  seedAlarms(aws, service, config, besides?.shown.idleTargetGroup !== undefined);
  try {
    if (besides) seedBesides(aws, service, time.now(), besides);
  } catch (error) {
    time.uninstall();
    throw error;
  }
  const stopApplying = besides && applyOnTime(aws, service, config.region, besides);
  const alarmEvents: AlarmEvent[] = [];
  aws.alarms.onAlarmStateChange((event) => {
    if (!alertOfAlarm(event.detail.alarmName, [service.service])) return;
    alarmEvents.push(event);
    // As the deployed rule does: an alarm that goes to OK starts nothing.
    if (event.detail.state.value !== 'ALARM' || hooks.alarmStartsRun?.() === false) return;
    if (options.alarmsStartRuns ?? true) setTimeout(() => deliver(engine, event), deliveryMilliseconds);
  });
  // As the deployed rules do: ended runs are watched, and every five minutes services that no run handles and notices that no channel took.
  const watch = (event: unknown) => {
    void functions['watch-executions']?.(event, {
      functionName: 'watch-executions',
      awsRequestId: 'event',
    }).catch((error: unknown) =>
      logInto(logs, 'watch-executions', time.now).error('the watcher failed', { error: String(error) }),
    );
  };
  engine.onStatusChange((change) => {
    if (['FAILED', 'TIMED_OUT', 'ABORTED'].includes(change.detail.status)) watch(change);
  });
  const ticks = setInterval(() => watch({ 'detail-type': 'Scheduled Event' }), 300_000);
  aws.start();
  const close = () => {
    clearInterval(ticks);
    stopApplying?.();
    aws.stop();
    time.uninstall();
  };
  return {
    config,
    service,
    time,
    world,
    aws,
    engine,
    store,
    functions,
    logs,
    webhooks,
    killSwitch,
    alarmEvents,
    close,
  };
}

/** Starts an emergency run as the deployed rule does; EventBridge names the execution after the event and the rule. */
export function deliver(engine: Engine, event: { id: string }): void {
  const name = `${event.id}_${ruleId}`;
  const known = engine.executions.some((execution) => execution.name === name);
  engine.startExecution({
    machine: 'emergency-scaling',
    name: known ? `${name.slice(0, 70)}-again` : name,
    input: event,
  });
}

/** PagerDuty and chat accept everything; the calls are kept. */
function webhooksInto(webhooks: WebhookCall[], now: () => number) {
  return async (url: string, body: unknown): Promise<HttpAnswer> => {
    webhooks.push({ at: now(), url, body });
    return { status: 202, latencyMilliseconds: 50, body: '' };
  };
}

function logInto(logs: LogLine[], functionName: string, now: () => number): Log {
  const write =
    (level: LogLine['level']) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      logs.push({ at: now(), functionName, level, message, fields });
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

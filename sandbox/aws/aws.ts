import type { SimulatedService, World } from '../world/model/types.ts';
import { evaluateScaling } from './autoscaling/evaluate.ts';
import { scalingOperations } from './autoscaling/operations.ts';
import { fireScheduledActions } from './autoscaling/scheduled.ts';
import type { ScalingStore } from './autoscaling/store.ts';
import { type Alarms, createAlarms } from './cloudwatch/alarms.ts';
import { cloudWatchOperations } from './cloudwatch/operations.ts';
import { ecsOperations } from './ecs/operations.ts';
import { createFrontDoor, type MountedHandler, type Routes } from './front-door.ts';
import { lambdaOperations } from './lambda.ts';
import { type Mail, sesOperations, snsOperations } from './mailbox.ts';
import { JSON_APIS } from './protocols/json.ts';
import { createRecorder, readSettings } from './settings.ts';
import { type ShownServices, shownOf } from './shown.ts';
import type { LoadBalancerNames, Site } from './site.ts';
import { ssmOperations } from './ssm/operations.ts';
import { createParameters, type Parameters } from './ssm/parameters.ts';
import { type RoleSession, stsOperations, type Trust } from './sts.ts';
import { createThrottle } from './throttle.ts';
import type {
  CallRecord,
  FaultPlan,
  ServiceSettings,
  WireRequest,
  WireResponse,
  WriteRecord,
} from './wire.ts';

export interface AwsOptions {
  world: World;
  /** Virtual milliseconds since the epoch. */
  now: () => number;
  /** Identifiers are drawn from it; give the world another stream if calls must not disturb its noise. */
  random: () => number;
  account?: string;
  region?: string;
  faults?: FaultPlan;
  /** Applies ECS's request throttling. Off by default. */
  enforceRates?: boolean;
  /** After how many virtual milliseconds the client of an injected time-out gives up; default 5,000. */
  timeoutMilliseconds?: number;
  /** By `cluster/service`, `undefined` for a service without one; default names are derived from the service's name. */
  loadBalancers?: Readonly<Record<string, LoadBalancerNames | undefined>>;
  /** What AWS shows of services besides, by `cluster/service`. */
  shown?: ShownServices;
  /** Namespace of the metrics that services publish themselves; default `BuyWhere/API`. */
  customNamespace?: string;
  /** The resolution of the services' CPU metrics; default 60. */
  cpuMetricSeconds?: 20 | 60;
  /** Known SNS topics; without it every topic of the account exists. */
  topics?: readonly string[];
  /** Senders that SES has verified; without it every sender is. */
  senders?: readonly string[];
  /** Which roles of other accounts callers of this one may take, and where their sessions are kept; without it STS is silent. */
  sts?: { trust: Trust; sessions: Map<string, RoleSession> };
  /** Told of each write in the moment that it takes effect. */
  onWrite?: (write: WriteRecord) => void;
}

/** The simulated AWS: a function from request to answer, with what it did and the levers of the sandbox. */
export interface Aws {
  handle(request: WireRequest): Promise<WireResponse>;
  readonly calls: readonly CallRecord[];
  readonly writes: readonly WriteRecord[];
  readonly mailbox: readonly Mail[];
  readonly alarms: Alarms;
  readonly parameters: Parameters;
  /** @throws Error for an unknown service */
  settings(cluster: string, service: string): ServiceSettings;
  /** Records what somebody's `work` beside AWS changes at a service, by a name of the call. */
  recorded(call: string, service: SimulatedService, who: string, work: () => void): void;
  /** Adds an API of the AWS JSON protocol, by the prefix of its `X-Amz-Target`. */
  mount(targetPrefix: string, handler: MountedHandler): void;
  /** Prepares a scenario: an Application Auto Scaling call that is neither recorded nor disturbed by faults. */
  seedScaling(operation: string, input: unknown): unknown;
  /** Evaluates the alarms that are due now, and scaling policies on them. Called by the timers. */
  tick(): void;
  /** Starts the timers that evaluate alarms: at full minutes, and every 10 seconds for short periods. */
  start(): void;
  stop(): void;
}

const SHORT_TICK_SECONDS = 10;

/** Default names in the form of AWS; the same identifiers every time. */
function defaultLoadBalancer(service: SimulatedService): LoadBalancerNames {
  return {
    loadBalancer: `app/${service.name}/50dc6c495c0c9188`,
    targetGroup: `targetgroup/${service.name}/73e2d6bc24d8a067`,
  };
}

function createSite(options: AwsOptions): Site {
  return {
    world: options.world,
    now: options.now,
    random: options.random,
    account: options.account ?? '123456789012',
    region: options.region ?? 'ap-southeast-1',
    writes: [],
    ...(options.onWrite && { onWrite: options.onWrite }),
    loadBalancerOf: (service) => {
      const name = `${service.cluster}/${service.name}`;
      const { loadBalancers = {} } = options;
      return Object.hasOwn(loadBalancers, name) ? loadBalancers[name] : defaultLoadBalancer(service);
    },
    shownOf: (service) => shownOf(options.shown, service),
    olderAnswers: new Map(),
    customNamespace: options.customNamespace ?? 'BuyWhere/API',
    cpuMetricSeconds: options.cpuMetricSeconds ?? 60,
  };
}

export function createAws(options: AwsOptions): Aws {
  const site = createSite(options);
  const calls: CallRecord[] = [];
  const mailbox: Mail[] = [];
  const store: ScalingStore = { targets: new Map(), scheduled: new Map(), activities: [] };
  const alarms = createAlarms(site);
  const parameters = createParameters(site.now);
  const recorded = createRecorder(site, store);
  const scaling = scalingOperations(site, store, alarms, recorded);
  const routes: Routes = new Map([
    ['ecs', ecsOperations(site, recorded)],
    ['application-autoscaling', scaling],
    ['cloudwatch', cloudWatchOperations(site, alarms)],
    ['sns', snsOperations(site, mailbox, options.topics)],
    ['ses', sesOperations(site, mailbox, options.senders)],
    ['lambda', lambdaOperations],
    ...(options.sts
      ? ([['sts', stsOperations(site, options.sts.trust, options.sts.sessions)]] as const)
      : []),
    ['ssm', ssmOperations(site, parameters)],
  ]);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tick(): void {
    const second = Math.floor(site.now() / 1000);
    const due = alarms.evaluate(SHORT_TICK_SECONDS);
    if (second % 60 === 0) due.push(...alarms.evaluate(60));
    fireScheduledActions(site, store);
    evaluateScaling(site, store, alarms, due);
  }

  function schedule(): void {
    const step = SHORT_TICK_SECONDS * 1000;
    const wait = step - (site.now() % step);
    timer = setTimeout(() => {
      tick();
      schedule();
    }, wait);
  }

  return {
    handle: createFrontDoor({
      site,
      routes,
      faults: options.faults,
      throttle: options.enforceRates ? createThrottle(site.now) : undefined,
      timeoutMilliseconds: options.timeoutMilliseconds ?? 5000,
      calls,
    }),
    calls,
    writes: site.writes,
    mailbox,
    alarms,
    parameters,
    settings(cluster, name) {
      site.world.advance();
      const service = site.world.service(cluster, name);
      if (service === undefined) throw new Error(`no simulated service ${cluster}/${name}`);
      return readSettings(store, service);
    },
    recorded,
    mount: (targetPrefix, handler) =>
      void routes.set(JSON_APIS.get(targetPrefix)?.service ?? targetPrefix, handler),
    seedScaling(operation, input) {
      const run = scaling[operation];
      if (run === undefined) throw new Error(`no operation ${operation} in Application Auto Scaling`);
      const writes = site.writes.length;
      const output = run(input, 'sandbox');
      site.writes.length = writes;
      return output;
    },
    tick,
    start: schedule,
    stop: () => clearTimeout(timer),
  };
}

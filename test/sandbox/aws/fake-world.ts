import { createCache, DEFAULT_CACHE } from '../../../sandbox/world/model/cache.ts';
import type { MetricName, SimulatedService, World } from '../../../sandbox/world/model/types.ts';

/** A world of one service whose metrics are a script, so that a test decides every datapoint. */
export interface FakeWorld extends World {
  /** Value of a metric in the period that starts at `at`; undefined for no datapoint. */
  script: (metric: MetricName, at: number, statistic: string) => number | undefined;
  /** Count at once running; true by default. Otherwise the running count stays as it is. */
  startsTasks: boolean;
  /** A deployment is under way. */
  deploying: boolean;
  service(cluster: string, name: string): SimulatedService | undefined;
}

export const CLUSTER = 'buywhere-production';
export const SERVICE = 'buywhere-api';

/** Nobody else is behind this load balancer, so its counts are the service's own. */
const own = (metric: MetricName): MetricName =>
  metric === 'LoadBalancer.RequestCount'
    ? 'RequestCount'
    : metric === 'LoadBalancer.HTTPCode_Target_5XX_Count'
      ? 'HTTPCode_Target_5XX_Count'
      : metric === 'LoadBalancer.HTTPCode_ELB_5XX_Count'
        ? 'HTTPCode_ELB_5XX_Count'
        : metric;

export function createFakeWorld(now: () => number, initialCount = 3): FakeWorld {
  let desired = initialCount;
  let running = initialCount;
  let taskDefinition = 'buywhere-api:42';
  const createdAt = now() - 86_400_000;
  const deployment = () => ({
    id: 'ecs-svc/4200000000000000042',
    status: 'PRIMARY' as const,
    rolloutState: world.deploying ? ('IN_PROGRESS' as const) : ('COMPLETED' as const),
    rolloutStateReason: 'ECS deployment ecs-svc/4200000000000000042 completed.',
    taskDefinition,
    desiredCount: desired,
    runningCount: running,
    pendingCount: Math.max(0, desired - running),
    failedTasks: 0,
    createdAt,
    updatedAt: createdAt,
  });
  const record = (id: string, definition: string, age: number) => ({
    id: `ecs-svc/${id}`,
    taskDefinition: definition,
    status: 'SUCCESSFUL' as const,
    createdAt: createdAt - age,
    startedAt: createdAt - age,
    finishedAt: createdAt - age + 300_000,
  });
  const cache = createCache(DEFAULT_CACHE);
  const service: SimulatedService = {
    cluster: CLUSTER,
    name: SERVICE,
    status: 'ACTIVE',
    get desiredCount() {
      return desired;
    },
    get runningCount() {
      return running;
    },
    get pendingCount() {
      return Math.max(0, desired - running);
    },
    get taskDefinition() {
      return taskDefinition;
    },
    taskDefinitions: new Map([
      ['buywhere-api:40', 'INACTIVE'],
      ['buywhere-api:41', 'ACTIVE'],
      ['buywhere-api:42', 'ACTIVE'],
    ]),
    get tasks() {
      return Array.from({ length: running }, (_, index) => ({
        id: `task${index}`,
        taskDefinition,
        deploymentId: 'ecs-svc/4200000000000000042',
        lastStatus: 'RUNNING' as const,
        desiredStatus: 'RUNNING' as const,
        createdAt,
        startedAt: createdAt + 40_000,
        healthy: true,
      }));
    },
    get deployments() {
      return [deployment()];
    },
    get history() {
      const newest = record('4200000000000000042', taskDefinition, 0);
      return [
        world.deploying ? { ...newest, status: 'IN_PROGRESS' as const } : newest,
        record('4100000000000000041', 'buywhere-api:41', 600_000),
      ];
    },
    events: [{ id: 'e1', at: createdAt, message: '(service buywhere-api) has reached a steady state.' }],
    setDesiredCount(count) {
      desired = count;
      if (world.startsTasks) running = count;
    },
    deploy(definition) {
      taskDefinition = definition;
    },
    rollBackDeployment() {
      taskDefinition = 'buywhere-api:41';
      world.deploying = false;
    },
    endPause: () => undefined,
    deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200, pauses: false },
    datapoints(metric, statistic, periodSeconds, from, to) {
      const points = [];
      const step = periodSeconds * 1000;
      for (let at = Math.ceil(from / step) * step; at < to && at + step <= now(); at += step) {
        const value = world.script(own(metric), at, statistic);
        if (value !== undefined) points.push({ at, value });
      }
      return points;
    },
    health: () => ({ status: 200, latencyMilliseconds: 20, body: '{"status":"ok"}' }),
    minute: () => undefined,
    metricsPage: () => '',
    pgbouncerPage: () => '',
    databasePools() {
      throw new Error('this world has no pools');
    },
    cache: () => ({ down: false, clients: 0, at: 0, state: cache }),
    poolSizes: [],
    setPool: () => {},
    restartPool: () => {},
    joinPool: () => {},
    poolService: undefined,
    monitoringFault: () => undefined,
    measures: () => ({
      secondsAboveLatencyThreshold: 0,
      overProvisionedTaskSeconds: 0,
      enoughTasksAt: () => undefined,
    }),
  };
  const world: FakeWorld = {
    script: () => undefined,
    startsTasks: true,
    deploying: false,
    now,
    advance: () => undefined,
    service: (cluster, name) => (cluster === CLUSTER && name === SERVICE ? service : undefined),
    services: [service],
  };
  return world;
}

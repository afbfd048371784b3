/** How a service and its tasks begin. */

import { createCache } from '../model/cache.ts';
import { createPoolServers } from '../model/database-pool.ts';
import type { ServiceDeploymentRecord, SimulatedDeployment } from '../model/deployment.ts';
import { LatencyMixture } from '../model/latency.ts';
import { createMeasures } from '../model/measures.ts';
import { createMetrics } from '../model/metrics.ts';
import { parseRevision, type Settings } from '../model/options.ts';
import { fork, type Random, randomText } from '../model/random.ts';
import type { ServiceState, Task } from '../model/state.ts';

const DAY = 86_400_000;

/** A service in a steady state at `start`, with its previous revision deployed some days before. */
export function createState(settings: Settings, start: number, random: Random): ServiceState {
  const { family, revision } = parseRevision(settings.taskDefinition);
  const ids = fork(random);
  const begin = start - settings.historySeconds * 1000;
  const history = [
    pastDeployment(settings.taskDefinition, begin - DAY, ids),
    pastDeployment(`${family}:${revision - 1}`, begin - 8 * DAY, ids),
  ];
  const known = [revision - 2, revision - 1, revision, ...Object.keys(settings.revisions).map(Number)];
  const state: ServiceState = {
    settings,
    start,
    time: begin,
    desiredCount: settings.desiredCount,
    tasks: [],
    deployments: history.slice(0, 1).map((record) => completedDeployment(record, settings.desiredCount)),
    history,
    events: [],
    taskDefinitions: new Map(
      known.filter((number) => number > 0).map((number) => [`${family}:${number}`, 'ACTIVE']),
    ),
    steady: true,
    steadyEventAt: begin,
    backoff: { rounds: 0, retryAt: 0, placementEventAt: Number.NEGATIVE_INFINITY },
    launchTokens: 0,
    lostRequests: 0,
    noise: { minute: -1, value: 0 },
    flow: {
      latencySeconds: settings.baseLatencySeconds,
      poolCheckedOut: 0,
      poolSize: 0,
      pool: {
        busyConnections: 0,
        waitingClients: 0,
        waitSeconds: 0,
        waitSecondsTotal: 0,
        transactionsTotal: 0,
      },
    },
    poolServers: createPoolServers(settings.dbPool),
    cache: createCache(settings.cache),
    metrics: createMetrics(),
    measures: createMeasures(),
    random: { ids, start: fork(random), traffic: fork(random), page: fork(random) },
  };
  requireKnownRevisions(state);
  return state;
}

/** A trouble that deploys an unknown revision fails now, not in the middle of a run. */
function requireKnownRevisions({ settings, taskDefinitions }: ServiceState): void {
  const { family } = parseRevision(settings.taskDefinition);
  for (const trouble of settings.troubles) {
    if (trouble.kind !== 'deployment' || taskDefinitions.has(`${family}:${trouble.revision}`)) continue;
    throw new Error(
      `a trouble deploys ${family}:${trouble.revision}; known are ${[...taskDefinitions.keys()].join(', ')}`,
    );
  }
}

/** A new task in PROVISIONING, not yet in the list. */
export function createTask(state: ServiceState, taskDefinition: string, deploymentId: string): Task {
  const { settings, time } = state;
  return {
    id: randomText(state.random.ids, '0123456789abcdef', 32),
    taskDefinition,
    deploymentId,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    createdAt: time,
    healthy: false,
    statusEndsAt: time,
    startMilliseconds: settings.taskStartSeconds * 1000 * (0.92 + 0.16 * state.random.start()),
    startError: undefined,
    behaviour: settings.revisions[parseRevision(taskDefinition).revision] ?? {},
    healthyAt: Number.POSITIVE_INFINITY,
    unhealthySince: undefined,
    overloadedSince: undefined,
    memoryPercent: settings.memoryPercent,
    leakFactor: 0.85 + 0.3 * state.random.start(),
    cpuSeconds: 0,
    queue: 0,
    requests: 0,
    errors: 0,
    latency: new LatencyMixture(),
  };
}

/** Digits as in the ids of ECS deployments. */
export function deploymentDigits(ids: Random): string {
  return randomText(ids, '123456789', 1) + randomText(ids, '0123456789', 18);
}

function pastDeployment(taskDefinition: string, at: number, ids: Random): ServiceDeploymentRecord {
  const record = { id: deploymentDigits(ids), taskDefinition, status: 'SUCCESSFUL' } as const;
  return { ...record, createdAt: at, startedAt: at, finishedAt: at + 180_000 };
}

function completedDeployment(record: ServiceDeploymentRecord, desiredCount: number): SimulatedDeployment {
  const id = `ecs-svc/${record.id}`;
  return {
    id,
    status: 'PRIMARY',
    rolloutState: 'COMPLETED',
    rolloutStateReason: `ECS deployment ${id} completed.`,
    taskDefinition: record.taskDefinition,
    desiredCount,
    runningCount: desiredCount,
    pendingCount: 0,
    failedTasks: 0,
    createdAt: record.createdAt,
    updatedAt: record.finishedAt ?? record.createdAt,
  };
}

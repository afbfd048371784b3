import { readConfig } from '../../sandbox/config-files.ts';
import type { Health } from '../../shared/assess/observe.ts';
import { type MetricName, metricNames } from '../../shared/config/metric-catalogue.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import type {
  Assessment,
  AutoscalingView,
  HealthView,
  MetricView,
  ServiceView,
} from '../../shared/document/assessment.ts';
import type { Incident } from '../../shared/document/incident.ts';
import type { Approval } from '../../shared/document/outcome.ts';
import type { Plan } from '../../shared/document/plan.ts';
import type { Reason } from '../../shared/document/reason.ts';
import type { Request } from '../../shared/document/request.ts';
import type { Bounds, CpuPolicy } from '../../shared/document/settings.ts';
import { because } from '../../shared/format/reasons.ts';
import { told } from '../../shared/format/unknown.ts';
import type { ServiceRecord } from '../../shared/incident/service-record.ts';
import type { Snapshot } from '../../shared/incident/snapshot.ts';
import { levelOf } from '../../shared/metrics/thresholds.ts';

/** The present moment of the tests of pure decisions. */
export const now = '2026-10-02T17:10:00.000Z';
export const secondsLater = (seconds: number, from = now) =>
  new Date(Date.parse(from) + seconds * 1000).toISOString();

export const production = readConfig('production');
export const staging = readConfig('staging');
export const serviceName = 'buywhere-api';
export const service = serviceConfig(production, serviceName);
/** The service's target group; only one without a load balancer has none. */
export const targetGroup = String(service.targetGroup);
/** A service's PgBouncer. @throws Error where the configuration names none */
export function poolsOf({ pgbouncer, service: name }: ServiceConfig) {
  if (!pgbouncer) throw new Error(`${name} has no PgBouncer`);
  return pgbouncer;
}
export const pools = poolsOf(service);
/** Every service of every environment: its name, its settings, its configuration. */
export const serviceConfigs = [production, staging].flatMap((config) =>
  Object.entries(config.services).map(([name, settings]) => [name, settings, config] as const),
);
export const arn = (machine: string, name: string) =>
  `arn:aws:states:ap-southeast-1:123456789012:execution:${machine}:${name}`;

/** Production's configuration with something changed. */
export function configWith(change: (draft: Config, service: ServiceConfig) => void): Config {
  const draft = structuredClone(production);
  change(draft, serviceConfig(draft, serviceName));
  return draft;
}

export const request = (part: Partial<Request> = {}): Request => ({
  machine: 'emergency-scaling',
  source: 'alarm',
  environment: 'production',
  service: serviceName,
  alert: 'HighLatencyP99',
  requestedBy: 'CloudWatch alarm buywhere-api-HighLatencyP99',
  dryRun: false,
  act: true,
  reasons: [because('alarm-fires', { alarm: 'buywhere-api-HighLatencyP99' })],
  receivedAt: now,
  execution: { arn: arn('emergency-scaling', 'run-1'), name: 'run-1', startedAt: now },
  ...part,
});

/** A reason that was given in words. */
export const said = (text: string): Reason => because('said', { said: text });

/** A request without an alert: what a person asks for at the console. */
export function withoutAlert(part: Partial<Request> = {}): Request {
  const { alert: _, ...rest } = request({ source: 'console', ...part });
  return rest;
}

export const view = (part: Partial<ServiceView> = {}): ServiceView => ({
  status: 'ACTIVE',
  desired: 3,
  running: 3,
  pending: 0,
  taskDefinition: 'buywhere-api:42',
  rollout: 'steady',
  failedTasks: 0,
  events: [],
  ...part,
});

const normal = { dynamicScalingIn: false, dynamicScalingOut: false, scheduledScaling: false };

export const bounds = (part: Partial<Bounds> = {}): Bounds => ({
  min: 1,
  max: 10,
  suspended: normal,
  ...part,
});
export const raisedBounds = bounds({
  min: 2,
  max: 20,
  suspended: { ...normal, dynamicScalingIn: true, scheduledScaling: true },
});

export const policy = (part: Partial<CpuPolicy> = {}): CpuPolicy => ({
  name: 'buywhere-api-cpu-scaling',
  target: 70,
  scaleOutCooldownSeconds: 60,
  scaleInCooldownSeconds: 300,
  disableScaleIn: false,
  ...part,
});
export const raisedPolicy = policy({ target: 50, scaleOutCooldownSeconds: 30, scaleInCooldownSeconds: 180 });

type Registered = Extract<AutoscalingView, { bounds: Bounds }>;
export const registered = (part: Partial<Registered> = {}): Registered => ({
  bounds: bounds(),
  cpuPolicy: policy(),
  otherPolicies: [],
  temporaryPolicyFound: false,
  activities: [],
  ...part,
});

/** A value of each metric on a quiet day. */
const quiet: Record<MetricName, number> = {
  cpuPercent: 40,
  latencyP95Seconds: 0.3,
  latencyP99Seconds: 0.5,
  errorRatePercent: 0.1,
  dbPoolPercent: 40,
  pgbouncerPoolPercent: 40,
  pgbouncerWaitMilliseconds: 5,
  requestRatePerMinute: 600,
};

export type MetricValues = Partial<Record<MetricName, number | 'unknown'>>;

/** The assessment's metrics, each judged by production's thresholds; quiet where nothing is said. */
export function metrics(values: MetricValues = {}, at = now): Assessment['metrics'] {
  const one = (name: MetricName): MetricView => {
    const value = values[name] ?? quiet[name];
    return value === 'unknown'
      ? { level: 'unknown', source: 'CloudWatch', unknown: told({ cause: 'no-points' }) }
      : { level: levelOf(value, production.thresholds[name]), value, source: 'CloudWatch', at };
  };
  const [cpuPercent, latencyP95Seconds, latencyP99Seconds] = [
    one('cpuPercent'),
    one('latencyP95Seconds'),
    one('latencyP99Seconds'),
  ];
  return {
    cpuPercent,
    latencyP95Seconds,
    latencyP99Seconds,
    errorRatePercent: one('errorRatePercent'),
    dbPoolPercent: one('dbPoolPercent'),
    pgbouncerPoolPercent: one('pgbouncerPoolPercent'),
    pgbouncerWaitMilliseconds: one('pgbouncerWaitMilliseconds'),
    requestRatePerMinute: one('requestRatePerMinute'),
  };
}

export const allUnknown: MetricValues = Object.fromEntries(
  metricNames.map((name) => [name, 'unknown' as const]),
);

export const healthy: HealthView = {
  level: 'ok',
  status: 200,
  milliseconds: 60,
  detail: '200 in 60 ms',
  down: [],
};
export const unhealthy: HealthView = {
  level: 'critical',
  status: 503,
  milliseconds: 9,
  detail: '503 in 9 ms',
  down: [],
};

/** What a health endpoint answers that says nothing bad. */
export const answered: Health = { level: 'ok', status: 200, milliseconds: 60, down: [] };

/** What could not be read because AWS throttled the call. */
export const throttled = {
  unknown: told({ cause: 'throttled', error: 'ThrottlingException', message: 'Rate exceeded' }),
};

/** An assessment of a quiet, healthy service, with metrics given as plain numbers. */
export const assessment = ({
  values,
  ...part
}: Partial<Assessment> & { values?: MetricValues } = {}): Assessment => ({
  at: now,
  service: view(),
  stoppedTasks: [],
  autoscaling: registered(),
  metrics: metrics(values, part.at),
  health: { api: healthy, mcp: healthy },
  memoryPercent: { level: 'ok', source: 'CloudWatch', value: 50, at: now },
  cause: { name: 'unclear', confidence: 'low', evidence: [], against: [] },
  ...part,
});

/** What is seen once a service is scaled out: nine tasks, raised bounds and policy. */
export const seenRaised = (part: Partial<Assessment> = {}): Assessment => ({
  ...assessment({
    service: view({ desired: 9, running: 9 }),
    autoscaling: registered({ bounds: raisedBounds, cpuPolicy: raisedPolicy }),
  }),
  ...part,
});

/** A plan to go from three to nine tasks. */
export const plan = (part: Partial<Plan> = {}): Plan => ({
  action: 'scale-out',
  dryRun: false,
  desired: { from: 3, to: 9 },
  bounds: { from: bounds(), to: raisedBounds },
  cpuPolicy: { from: policy(), to: raisedPolicy },
  approvalRequired: false,
  round: 1,
  watched: 0,
  limitReached: false,
  waits: false,
  tell: false,
  nextCheckSeconds: 15,
  approvalSeconds: 14_400,
  reasons: [because('metric-critical', { metric: 'latencyP99Seconds', value: 5 })],
  hash: 'a'.repeat(64),
  ...part,
});

/** The way back from nine tasks to three. */
export const planBack = (part: Partial<Plan> = {}): Plan =>
  plan({
    action: 'scale-in',
    desired: { from: 9, to: 3 },
    bounds: { from: raisedBounds, to: bounds() },
    cpuPolicy: { from: raisedPolicy, to: policy() },
    approvalRequired: true,
    ...part,
  });

/** Bolt's approval of the plan. */
export const approval = (part: Partial<Approval> = {}): Approval => ({
  decision: 'approved',
  by: 'Bolt',
  at: now,
  reason: 'calm',
  planHash: plan().hash,
  ...part,
});

export const snapshot = (part: Partial<Snapshot> = {}): Snapshot => ({
  incidentId: 'incident-1',
  takenAt: now,
  desired: 3,
  taskDefinition: 'buywhere-api:42',
  bounds: bounds(),
  cpuPolicy: policy(),
  otherPolicies: [],
  pgbouncer: pools.baseline,
  unheard: [],
  ...part,
});

export const incident = (part: Partial<Incident> = {}): Incident => ({
  status: 'opened',
  id: 'incident-1',
  service: { cluster: service.cluster, service: service.service },
  lockNumber: 1,
  joinedAlerts: [],
  snapshotStored: false,
  reasons: [],
  ...part,
});

export const record = (part: Partial<ServiceRecord> = {}): ServiceRecord => ({
  lockNumber: 1,
  owner: arn('emergency-scaling', 'run-1'),
  machine: 'emergency-scaling',
  incidentId: 'incident-1',
  incidentOpen: true,
  snapshotStored: false,
  lockedAt: '2026-10-02T17:00:00.000Z',
  seenEvents: [],
  joinedAlerts: [],
  recentRuns: [],
  ...part,
});

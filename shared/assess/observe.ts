import {
  cpuPolicyNames,
  cpuPolicyOf,
  otherPoliciesOf,
  readActivities,
  readBounds,
  readPolicies,
} from '../aws/autoscaling.ts';
import { readService, readStoppedTasks } from '../aws/ecs.ts';
import { isInFlight, readDeployments } from '../aws/ecs-deployments.ts';
import { readPause } from '../aws/ecs-pauses.ts';
import { releaseOf, releasesBefore } from '../aws/release.ts';
import type { SeriesName } from '../config/metric-catalogue.ts';
import type { ServiceConfig } from '../config/service.ts';
import { ThrottledError } from '../core/errors.ts';
import { bounded, type Reading } from '../core/reading.ts';
import { isThrottled, type Subject, type Unknown } from '../core/unknown.ts';
import type { AutoscalingView, HealthView, ServiceView, StoppedTasks } from '../document/assessment.ts';
import type { ScheduledAction } from '../document/settings.ts';
import { told } from '../format/unknown.ts';
import type { HttpAnswer, StepContext } from '../lambda/context.ts';
import { readBothGroups } from '../metrics/both-groups.ts';
import { readDayBefore } from '../metrics/day-before.ts';
import { observeMetrics } from '../metrics/read.ts';
import type { Series } from '../metrics/series.ts';
import { stopsMilliseconds } from '../plan/failed-starts.ts';
import { healthVerdict, saysOk } from './health-verdict.ts';
import { swappedWith, withItsTargetGroup } from './target-groups.ts';

type Client = StepContext<'autoscaling'>['autoscaling'];

/** Everything that was seen at one moment; what could not be read is `unknown`, with the reason. */
export interface Observation {
  at: Date;
  service: ServiceView | { unknown: Unknown };
  stoppedTasks: StoppedTasks[] | { unknown: Unknown };
  autoscaling: Exclude<AutoscalingView, { unknown: object }> | { unknown: Unknown };
  metrics: Record<SeriesName, Series>;
  health: { api: Health; mcp: Health };
  /** CloudWatch's metrics of a longer time, where a release is older than what is read anyway. */
  longer?: Record<SeriesName, Series>;
  /** Requests per minute at this hour of the day before, where it was asked and is known. */
  dayBefore?: number;
}

/** A health endpoint's answer, or why there is none. */
export type Health = Pick<HealthView, 'level' | 'down'> &
  ({ status: number; milliseconds: number; verdict?: string | undefined } | { unknown: Unknown });

/** What came into service before is not judged any more: an overload seldom hides a bad release for longer. */
const releaseWindowMilliseconds = 40 * 60_000;
/** The fifteen minutes that are read anyway tell enough of a release that is younger. */
const youngMilliseconds = 10 * 60_000;
/** Far enough back for the minutes right before the oldest release that is judged. */
const longMinutes = 45;
const healthTimeoutMilliseconds = 3000;
/** Bodies that name every dependency with its numbers are long. */
const largestHealthBody = 65_536;
/** What a filter before the service answers: sign in, go away, look elsewhere, not so fast. */
const notTheService: readonly number[] = [401, 403, 407, 429];

/**
 * Reads ECS, Application Auto Scaling, the metrics' sources and the health endpoints side by side (runbook: Monitoring, Manual
 * Health Check). A source that fails or is too slow makes its part `unknown`; the others still count. Comes back
 * within the deadline of the configuration with what it has. Reads only.
 * @param readActions reads scheduled actions too: plans need them, checks do not.
 * @throws ThrottledError when AWS throttles the reading of the service.
 */
export async function observe(
  service: ServiceConfig,
  context: StepContext<'ecs' | 'autoscaling' | 'cloudwatch' | 'http'>,
  readActions?: (client: Client, service: ServiceConfig) => Promise<ScheduledAction[]>,
): Promise<Observation> {
  const at = context.now();
  const { deadlineSeconds } = context.config.timing.assess;
  const timer = context.after(deadlineSeconds * 1000);
  const headStart = context.after((deadlineSeconds * 1000) / 2);
  const deadline = timer.passed.then(() => deadlineSeconds);
  const since = new Date(at.getTime() - stopsMilliseconds);
  const seen = <T>(reading: Promise<T>, of?: Subject) => bounded(reading, deadline, of);
  const healthAt = async (url: string | undefined): Promise<Health> =>
    url === undefined
      ? noEndpoint
      : healthOf(await seen(context.http.get(url, healthTimeoutMilliseconds, largestHealthBody)));
  try {
    const viewing = seen(readService(context.ecs, service), 'service');
    const first = await unlessThrottled(viewing, headStart.passed);
    const other = first ? swappedWith(service, first) : service.alternateTargetGroup;
    const [view, deployments, stopped, bounds, policies, activities, actions, metrics, api, mcp] =
      await Promise.all([
        viewing,
        viewing.then((reading) =>
          'value' in reading ? seen(readOfDeployments(reading.value, service, context, at)) : reading,
        ),
        seen(readStoppedTasks(context.ecs, service, since), 'stopped-tasks'),
        seen(readBounds(context.autoscaling, service), 'scalable-target'),
        seen(readPolicies(context.autoscaling, service), 'scaling-policies'),
        seen(readActivities(context.autoscaling, service), 'scaling-activities'),
        readActions && seen(readActions(context.autoscaling, service), 'scheduled-actions'),
        observeMetrics(service, context, at, deadline, other),
        healthAt(service.health.api),
        healthAt(service.health.mcp),
      ]);
    const unwell = [api, mcp].some(({ level }) => level !== 'ok' && level !== 'none');
    const deployed = withDeployments(withItsTargetGroup(service, view), deployments);
    const long = isJudgedLonger(deployed, at)
      ? await seen(readBothGroups(context.cloudwatch, service, context.config, at, other, longMinutes))
      : undefined;
    const usual = unwell && (await seen(readDayBefore(context.cloudwatch, service, at, other)));
    return {
      at,
      service: deployed,
      stoppedTasks: 'value' in stopped ? stopped.value : stopped,
      autoscaling: withActions(autoscalingView(bounds, policies, activities, service), actions),
      metrics,
      health: { api, mcp },
      ...(long && 'value' in long ? { longer: long.value } : {}),
      ...(usual && 'value' in usual && usual.value !== undefined ? { dayBefore: usual.value } : {}),
    };
  } finally {
    headStart.cancel();
    timer.cancel();
  }
}

/**
 * Waits for the service, or until its head start is over: without it nothing can be decided, and where AWS throttles,
 * the other calls would only be taken from other runs.
 */
async function unlessThrottled<T>(
  view: Promise<Reading<T>>,
  over: Promise<void>,
): Promise<Reading<T> | undefined> {
  const first = await Promise.race([view, over]);
  if (first && 'unknown' in first && isThrottled(first.unknown))
    throw new ThrottledError(told(first.unknown).text);
  return first ?? undefined;
}

const withDeployments = (
  view: Observation['service'],
  deployments: Reading<OfDeployments>,
): Observation['service'] =>
  'unknown' in view || 'unknown' in deployments ? view : { ...view, ...deployments.value };

/** Whether a release came into service before the points that are read anyway, or with the first of them. */
function isJudgedLonger(view: Observation['service'], now: Date): boolean {
  if ('unknown' in view) return false;
  const releases = [view.releasedAt, ...(view.earlierReleases ?? []).map(({ at }) => at)];
  return releases.some((at) => at !== undefined && now.getTime() - Date.parse(at) > youngMilliseconds);
}

type OfDeployments = Pick<ServiceView, 'completedAt' | 'releasedAt' | 'earlierReleases' | 'pause'>;

/**
 * What only the list of deployments tells: releases of the last minutes, which a restart is not, and a deployment that
 * awaits an action. The list is read beside everything else; a service without it is known all the same.
 */
async function readOfDeployments(
  { rollout, deployedAt }: ServiceView,
  service: ServiceConfig,
  { ecs }: StepContext<'ecs'>,
  now: Date,
): Promise<OfDeployments> {
  const running = rollout === 'in-progress';
  const recent = deployedAt && now.getTime() - Date.parse(deployedAt) <= releaseWindowMilliseconds;
  if (!running && !recent) return {};
  const deployments = await readDeployments(ecs, service);
  const release = recent ? releaseOf(deployments) : undefined;
  const earlier = releasesBefore(deployments).filter(
    ({ at }) => now.getTime() - Date.parse(at) <= releaseWindowMilliseconds,
  );
  const open = running ? deployments.find(isInFlight) : undefined;
  const pause = open && (await readPause(ecs, open.arn).catch(() => undefined));
  // What awaits an action serves nobody yet.
  if (pause) return { pause };
  const completedAt = running ? undefined : deployments[0]?.completedAt;
  return {
    ...(completedAt ? { completedAt } : {}),
    ...(release ? { releasedAt: release.at } : {}),
    ...(earlier.length > 0 ? { earlierReleases: earlier } : {}),
  };
}

function autoscalingView(
  bounds: Reading<Awaited<ReturnType<typeof readBounds>>>,
  policies: Reading<Awaited<ReturnType<typeof readPolicies>>>,
  activities: Reading<Awaited<ReturnType<typeof readActivities>>>,
  service: ServiceConfig,
): Observation['autoscaling'] {
  if ('unknown' in bounds) return bounds;
  // Who moved the count is not known without them, so the whole view is not.
  if ('unknown' in activities) return activities;
  if (!bounds.value) return { absent: true, activities: activities.value };
  if ('unknown' in policies) return policies;
  const { temporaryName } = service.cpuPolicy;
  const cpuPolicy = cpuPolicyOf(policies.value, (name) => name !== temporaryName);
  return {
    bounds: bounds.value,
    ...(cpuPolicy ? { cpuPolicy } : {}),
    otherPolicies: otherPoliciesOf(policies.value, cpuPolicy),
    activities: activities.value,
    // The runbook's follows CPU; another one of that name is somebody else's.
    temporaryPolicyFound: cpuPolicyNames(policies.value).includes(temporaryName),
  };
}

/** Without scheduled actions the rest still counts: only the way back needs them. */
function withActions(
  view: Observation['autoscaling'],
  actions: Reading<ScheduledAction[]> | undefined,
): Observation['autoscaling'] {
  if (!actions || !('bounds' in view)) return view;
  return {
    ...view,
    scheduledActions: 'value' in actions ? actions.value : { unknown: told(actions.unknown) },
  };
}

/** The configuration names none. */
const noEndpoint: Health = { level: 'none', unknown: { cause: 'not-configured', lacks: 'row' }, down: [] };

/**
 * A health endpoint is ok only when it answers 200 and its own body does not say otherwise. One that cannot be reached,
 * redirects or is kept from us by a filter tells nothing of the service.
 */
function healthOf(reading: Reading<HttpAnswer>): Health {
  if ('unknown' in reading) return { level: 'unknown', unknown: reading.unknown, down: [] };
  const { status, latencyMilliseconds, body } = reading.value;
  const verdict = healthVerdict(body);
  const answer = { status, milliseconds: Math.round(latencyMilliseconds), ...verdict };
  if ((status >= 300 && status < 400) || notTheService.includes(status))
    return { level: 'unknown', ...answer };
  if (status < 200 || status > 299) return { level: 'critical', ...answer };
  return { level: saysOk(verdict) ? 'ok' : 'warning', ...answer };
}

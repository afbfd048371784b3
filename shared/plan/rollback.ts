import { isInFlight, type ServiceDeployment } from '../aws/ecs-deployments.ts';
import { releaseOf, takenBack, undone, wasWayBack } from '../aws/release.ts';
import { type MetricName, metricNames } from '../config/metric-catalogue.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import { askedJustNow } from '../drift/asked-just-now.ts';
import type { LastWrite } from '../drift/last-write.ts';
import { because } from '../format/reasons.ts';
import { shortDefinition } from '../format/settings.ts';
import { keepingTasks } from './rollback-cost.ts';
import type { RollbackDecision } from './rollback-decision.ts';
import { deploymentToBlame } from './scale-out-blockers.ts';

/** What the decision needs to know besides the assessment. */
export interface RollbackFacts {
  view: ServiceView;
  deployments: readonly ServiceDeployment[];
  /** The hook at which the newest deployment awaits an action. */
  pausedAt?: string | undefined;
  /** Task definition of the incident's snapshot, if one was taken. */
  snapshotTaskDefinition?: string | undefined;
  /** What this incident last wrote. */
  lastWritten?: LastWrite | undefined;
  /** Lower limit of any desired count. */
  floor: number;
  ceiling: number;
}

/** A deployment that ended this long before the run is still suspected. */
const suspectMilliseconds = 3_600_000;

/**
 * The runbook's Rollback Procedure, as it is meant: back to the last deployment that completed before the current one
 * (its text reads the current definition and calls it the previous one). Never lowers capacity while something is
 * critical (invariant 11). Pure.
 */
export function decideRollback(
  request: Request,
  assessment: Assessment,
  facts: RollbackFacts,
): RollbackDecision {
  const [newest, ...older] = facts.deployments;
  const sinceStart = newest && Date.parse(newest.createdAt) >= Date.parse(request.receivedAt);
  if (!sinceStart || request.rollbackTo === 'desired-count')
    return keepingTasks(decide(request, assessment, facts), request, facts.view, criticalOf(assessment));
  // What this run would have decided before that deployment: is it this run's own?
  const before = older[0]?.taskDefinition ?? facts.view.taskDefinition;
  const view = { ...facts.view, taskDefinition: before };
  const decided = decide(request, assessment, { ...facts, view, deployments: older });
  const own =
    (decided.action === 'previous-task-definition' || decided.action === 'redeploy') &&
    shortDefinition(decided.to) === shortDefinition(newest.taskDefinition ?? '');
  if (own) {
    // This function did its work before, but its answer was lost: the repeated call starts nothing more.
    return {
      action: 'started',
      to: decided.to,
      reasons: [...decided.reasons, because('deployment-started')],
    };
  }
  const deployed = because('deployed-meanwhile', { taskDefinition: newest.taskDefinition });
  return { action: 'hold', reasons: [...request.reasons, deployed] };
}

const criticalOf = ({ metrics }: Assessment): MetricName[] =>
  metricNames.filter((name) => metrics[name].level === 'critical');

function decide(request: Request, assessment: Assessment, facts: RollbackFacts): RollbackDecision {
  switch (request.rollbackTo ?? 'automatic') {
    case 'desired-count':
      return toCount(request.desiredCount ?? facts.view.desired, assessment, facts);
    case 'redeploy':
      return { action: 'redeploy', to: facts.view.taskDefinition, reasons: [because('redeploy-asked')] };
    case 'previous-task-definition':
      return toPrevious(facts) ?? { action: 'hold', reasons: [because('no-earlier-deployment')] };
    case 'automatic':
      return automatic(request, assessment, facts);
  }
}

function automatic(request: Request, assessment: Assessment, facts: RollbackFacts): RollbackDecision {
  const [newest] = facts.deployments;
  if (newest?.status === 'ROLLBACK_IN_PROGRESS') {
    const to = facts.view.taskDefinition;
    return { action: 'started', to, reasons: [...request.reasons, because('ecs-rolls-back', { to })] };
  }
  const innocent = innocence(request, assessment, facts);
  if (innocent) return { action: 'hold', reasons: [...request.reasons, innocent] };
  const bad = [...(assessment.badReleases ?? []), ...takenBack(facts.deployments)];
  const previous = toPrevious(facts, bad);
  if (previous) return { ...previous, reasons: [...request.reasons, ...previous.reasons] };
  return { action: 'hold', reasons: [...request.reasons, because('no-earlier-deployment')] };
}

/**
 * Why no deployment is to blame. Undoing a way back would bring the bad definition back, or go back further and further;
 * a restart changed nothing; and that scaling out did not help says nothing of a deployment. Only a person may ask for
 * it without evidence.
 */
function innocence(request: Request, assessment: Assessment, facts: RollbackFacts): Reason | undefined {
  const { receivedAt, startedBy, reasons } = request;
  const [newest] = facts.deployments;
  const back = newest && isRecent(newest.createdAt, receivedAt) ? wayBack(facts) : undefined;
  if (back) return back;
  const releasedAt = releaseOf(facts.deployments)?.at ?? changedSinceSnapshot(facts);
  const running = newest !== undefined && isInFlight(newest);
  if (!releasedAt || (!running && !isRecent(releasedAt, receivedAt)))
    return because('no-deployment-to-blame');
  const convicted =
    reasons.some(({ code }) => code === 'deployment-to-blame') ||
    // What the run that started this one has not been convinced of has to last since.
    deploymentToBlame(assessment, false, request.receivedAt) !== undefined;
  if (!startedBy || convicted) return undefined;
  const suspected = assessment.cause.name === 'deployment';
  return because('no-evidence-against-deployment', suspected ? { suspected } : {});
}

function wayBack({ view, deployments }: RollbackFacts): Reason | undefined {
  const [newest] = deployments;
  if (!newest || !wasWayBack(deployments)) return undefined;
  return undone(newest)
    ? because('ecs-rolled-back', { to: view.taskDefinition })
    : because('was-way-back', { to: newest.taskDefinition });
}

/** When the newest deployment began, where the snapshot has another definition, which may be older than any known one. */
function changedSinceSnapshot({ view, deployments, snapshotTaskDefinition: before }: RollbackFacts) {
  const changed = before !== undefined && shortDefinition(before) !== shortDefinition(view.taskDefinition);
  return changed ? deployments[0]?.createdAt : undefined;
}

const isRecent = (createdAt: string, receivedAt: string) =>
  Date.parse(receivedAt) - Date.parse(createdAt) < suspectMilliseconds;

/**
 * @param bad definitions that were bad themselves, or taken back before: passed over where another one is known. ECS's own way back from a
 * deployment in flight can pass over none.
 */
function toPrevious(
  { view, deployments, snapshotTaskDefinition, pausedAt }: RollbackFacts,
  bad: readonly string[] = [],
): RollbackDecision | undefined {
  const newest = deployments[0];
  const present = shortDefinition(view.taskDefinition);
  const completed = deployments
    .slice(1)
    .flatMap(({ status, taskDefinition }) =>
      status === 'SUCCESSFUL' && taskDefinition && taskDefinition !== present ? [taskDefinition] : [],
    );
  const good = completed.find((definition) => !bad.includes(definition));
  const to =
    completed[0] ?? (snapshotTaskDefinition === view.taskDefinition ? undefined : snapshotTaskDefinition);
  if (!to) return undefined;
  if (good !== undefined && good !== to && !pausedAt) {
    const past = [...new Set(completed.slice(0, completed.indexOf(good)))];
    const reason = because('back-past-bad', { from: present, to: good, past });
    return { action: 'previous-task-definition', to: good, reasons: [reason] };
  }
  if (newest && isInFlight(newest)) {
    return {
      action: 'stop-deployment',
      deployment: newest.arn,
      ...(pausedAt ? { hook: pausedAt } : {}),
      to,
      reasons: [because(pausedAt ? 'ends-pause' : 'stops-deployment', { from: present, to })],
    };
  }
  return {
    action: 'previous-task-definition',
    to,
    reasons: [because('back-to-definition', { from: present, to })],
  };
}

/** More tasks, never fewer: also where ECS does not show yet what was asked for just now. */
function toCount(
  count: number,
  assessment: Assessment,
  { view, lastWritten, floor, ceiling }: RollbackFacts,
): RollbackDecision {
  if (count > ceiling) return { action: 'hold', reasons: [because('above-ceiling', { count, ceiling })] };
  if (count < floor) return { action: 'hold', reasons: [because('below-floor', { count, floor })] };
  const ahead = askedJustNow(Math.max(count, view.desired), assessment, lastWritten);
  const change = { from: ahead?.asked ?? view.desired, to: count };
  if (count >= change.from)
    return { action: 'desired-count', to: count, reasons: [because('count-asked', change)] };
  const critical = criticalOf(assessment);
  const lowers =
    critical.length > 0
      ? because('lowers-while-critical', { ...change, critical })
      : because('lowers-at-once', change);
  return { action: 'hold', reasons: [...(ahead ? [ahead.reason] : []), lowers] };
}

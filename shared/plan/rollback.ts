import type { ServiceDeployment } from '../aws/ecs-deployments.ts';
import type { Assessment, ServiceView } from '../document/assessment.ts';
import type { Request } from '../document/request.ts';
import { textsOf } from '../format/reasons.ts';

/** What a rollback does; `hold` keeps everything as it is. */
export type RollbackDecision =
  | { action: 'stop-deployment'; deployment: string; to: string; reasons: string[] }
  | { action: 'previous-task-definition'; to: string; reasons: string[] }
  | { action: 'redeploy'; to: string; reasons: string[] }
  | { action: 'desired-count'; to: number; reasons: string[] }
  | { action: 'started'; to: string; reasons: string[] }
  | { action: 'hold'; reasons: string[] };

/** What the decision needs to know besides the assessment. */
export interface RollbackFacts {
  view: ServiceView;
  deployments: readonly ServiceDeployment[];
  /** Task definition of the incident's snapshot, if one was taken. */
  snapshotTaskDefinition?: string | undefined;
  /** Lower limit of any desired count. */
  floor: number;
  ceiling: number;
}

const inFlight = new Set(['PENDING', 'IN_PROGRESS']);
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
  if (!sinceStart || request.rollbackTo === 'desired-count') return decide(request, assessment, facts);
  // What this run would have decided before that deployment: is it this run's own?
  const before = older[0]?.taskDefinition ?? facts.view.taskDefinition;
  const view = { ...facts.view, taskDefinition: before };
  const decided = decide(request, assessment, { ...facts, view, deployments: older });
  const own =
    (decided.action === 'previous-task-definition' || decided.action === 'redeploy') &&
    shortName(decided.to) === shortName(newest.taskDefinition ?? '');
  if (own) {
    // This function did its work before, but its answer was lost: the repeated call starts nothing more.
    return {
      action: 'started',
      to: decided.to,
      reasons: [...decided.reasons, 'its deployment is running already'],
    };
  }
  const deployed = shortName(newest.taskDefinition ?? 'another definition');
  return {
    action: 'hold',
    reasons: [
      ...textsOf(request.reasons),
      `somebody has deployed ${deployed} since this rollback was asked for: it stays as it is`,
    ],
  };
}

const shortName = (taskDefinition: string): string => taskDefinition.split('/').at(-1) ?? taskDefinition;

function decide(request: Request, assessment: Assessment, facts: RollbackFacts): RollbackDecision {
  const critical = Object.entries(assessment.metrics).filter(([, metric]) => metric.level === 'critical');
  switch (request.rollbackTo ?? 'automatic') {
    case 'desired-count':
      return toCount(
        request.desiredCount ?? facts.view.desired,
        critical.map(([name]) => name),
        facts,
      );
    case 'redeploy':
      return {
        action: 'redeploy',
        to: facts.view.taskDefinition,
        reasons: ['asked for: the present definition is deployed again'],
      };
    case 'previous-task-definition':
      return toPrevious(facts) ?? { action: 'hold', reasons: ['no earlier completed deployment is known'] };
    case 'automatic':
      return automatic(request, facts);
  }
}

function automatic(request: Request, facts: RollbackFacts): RollbackDecision {
  const newest = facts.deployments[0];
  const running = newest && inFlight.has(newest.status);
  const recent =
    newest && Date.parse(request.receivedAt) - Date.parse(newest.createdAt) < suspectMilliseconds;
  if (!running && !recent) {
    return {
      action: 'hold',
      reasons: [
        ...textsOf(request.reasons),
        'no deployment in the last hour can be blamed, so capacity stays as it is',
      ],
    };
  }
  if (newest?.status === 'ROLLBACK_IN_PROGRESS') {
    const to = facts.view.taskDefinition;
    return {
      action: 'started',
      to,
      reasons: [
        ...textsOf(request.reasons),
        `the last deployment is being rolled back to ${shortName(to)} already`,
      ],
    };
  }
  const back = wayBack(facts);
  if (back) return { action: 'hold', reasons: [...textsOf(request.reasons), back] };
  const previous = toPrevious(facts);
  if (previous) return { ...previous, reasons: [...textsOf(request.reasons), ...previous.reasons] };
  return {
    action: 'hold',
    reasons: [
      ...textsOf(request.reasons),
      'no earlier completed deployment is known, so capacity stays as it is',
    ],
  };
}

/**
 * Why the newest deployment is not to blame: it went back itself. Undoing it would bring the bad definition back, or
 * go back further and further.
 */
function wayBack({ view, deployments: [newest, ...older] }: RollbackFacts): string | undefined {
  if (!newest) return undefined;
  const kept = 'so capacity stays as it is';
  if (newest.status.startsWith('ROLLBACK_') || newest.status === 'STOPPED') {
    return `ECS has rolled the last deployment back to ${shortName(view.taskDefinition)} already, ${kept}`;
  }
  const others = older.findIndex(({ taskDefinition }) => taskDefinition !== newest.taskDefinition);
  const returned = older
    .slice(others + 1)
    .some(({ taskDefinition }) => taskDefinition === newest.taskDefinition);
  return others >= 0 && returned
    ? `the last deployment was itself the way back to ${newest.taskDefinition}, ${kept}`
    : undefined;
}

function toPrevious({
  view,
  deployments,
  snapshotTaskDefinition,
}: RollbackFacts): RollbackDecision | undefined {
  const newest = deployments[0];
  const present = shortName(view.taskDefinition);
  const completed = deployments
    .slice(1)
    .find((deployment) => deployment.status === 'SUCCESSFUL' && deployment.taskDefinition !== present);
  const to =
    completed?.taskDefinition ??
    (snapshotTaskDefinition === view.taskDefinition ? undefined : snapshotTaskDefinition);
  if (!to) return undefined;
  if (newest && inFlight.has(newest.status)) {
    return {
      action: 'stop-deployment',
      deployment: newest.arn,
      to,
      reasons: [`the deployment of ${present} is still running: it is stopped and rolled back to ${to}`],
    };
  }
  return {
    action: 'previous-task-definition',
    to,
    reasons: [`${present} goes back to ${to}, the last deployment that completed before it`],
  };
}

function toCount(
  count: number,
  critical: string[],
  { view, floor, ceiling }: RollbackFacts,
): RollbackDecision {
  if (count > ceiling)
    return { action: 'hold', reasons: [`desiredCount ${count} is above the ceiling of ${ceiling}`] };
  if (count < floor)
    return { action: 'hold', reasons: [`desiredCount ${count} is below the floor of ${floor}`] };
  if (count < view.desired && critical.length > 0) {
    return {
      action: 'hold',
      reasons: [`${view.desired} → ${count} would lower capacity while ${critical.join(', ')} is critical`],
    };
  }
  if (count < view.desired) {
    return {
      action: 'hold',
      reasons: [
        `${view.desired} → ${count} would lower capacity at once: start scale-in, which goes down in steps and asks for approval where it is needed`,
      ],
    };
  }
  return {
    action: 'desired-count',
    to: count,
    reasons: [`asked for: desired count ${view.desired} → ${count}`],
  };
}

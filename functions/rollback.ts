import * as v from 'valibot';
import { ecs, store } from '../shared/aws/clients.ts';
import { readService, setDesiredCount } from '../shared/aws/ecs.ts';
import {
  deploy,
  isActive,
  isInFlight,
  readDeployments,
  stopDeployment,
} from '../shared/aws/ecs-deployments.ts';
import { readPause, rollBackPaused } from '../shared/aws/ecs-pauses.ts';
import type { Precondition } from '../shared/aws/repeated-attempts.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import type { ServiceView } from '../shared/document/assessment.ts';
import { documentWith } from '../shared/document/document.ts';
import type { Incident } from '../shared/document/incident.ts';
import { writtenJustNow } from '../shared/drift/asked-just-now.ts';
import { readLastWrite } from '../shared/drift/last-write.ts';
import { because } from '../shared/format/reasons.ts';
import { readSnapshot } from '../shared/incident/snapshot-store.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { ceilingOf, floorOf } from '../shared/plan/guards/limits.ts';
import { decideRollback } from '../shared/plan/rollback.ts';
import type { RollbackDecision } from '../shared/plan/rollback-decision.ts';
import { deploymentTrials, rollbackTrials } from '../shared/preflight/deployments.ts';
import { countTrial, serviceTrial } from '../shared/preflight/ecs.ts';
import { switchTrial } from '../shared/preflight/parameters.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { forEach, tried } from '../shared/preflight/trials.ts';
import { writeUnderLock } from '../shared/writes/under-lock.ts';

/** Rollback Procedure: back to the last completed deployment, or what a person asked for; otherwise it holds. */
export const rollback = step({
  name: 'rollback',
  input: v.object({ document: documentWith('request', 'incident', 'assessment') }),
  async run(
    { document: { request, incident, assessment } },
    context: StepContext<'ecs' | 'store' | 'switch'>,
  ) {
    const [view, deployments, snapshot] = await Promise.all([
      readService(context.ecs, incident.service),
      readDeployments(context.ecs, incident.service),
      readSnapshot(incident, context.store),
    ]);
    // After the service, so that what it does not show yet is known.
    const lastWritten = await readLastWrite(incident, context.store);
    const [newest] = deployments;
    const pause = newest && isInFlight(newest) ? await readPause(context.ecs, newest.arn) : undefined;
    const service = serviceConfig(context.config, request.service);
    const decided = decideRollback(request, assessment, {
      view,
      deployments,
      pausedAt: pause?.hookId,
      snapshotTaskDefinition: snapshot?.taskDefinition,
      lastWritten,
      floor: floorOf(service, snapshot),
      ceiling: ceilingOf(service),
    });
    const decision = await checked(decided, context);
    if (!request.dryRun && decision.action !== 'hold') {
      const counts = [view.desired, writtenJustNow(assessment, lastWritten) ?? view.desired];
      const write = (check: Precondition) => act(decision, incident, counts, check, context);
      await writeUnderLock(incident, write, context);
    }
    context.log.info(`rollback: ${decision.action}`, { ...decision });
    return { ...decision, from: fromOf(view) };
  },
  preflight: (ask, context: StepContext<'ecs' | 'store' | 'switch'>) =>
    tried(
      'rollback',
      [
        switchTrial(context.switch),
        ...recordTrials(context.store, ask, { reads: ['service', 'snapshot', 'written'] }),
        ...forEach(ask, context.config, (service) => [
          serviceTrial(context.ecs, service),
          ...deploymentTrials(context.ecs, service),
          countTrial(context, ask, service),
          ...rollbackTrials(context, ask, service),
        ]),
      ],
      context,
    ),
});

export const handler = lambda(rollback, { ecs, store, switch: killSwitch });

const fromOf = ({ taskDefinition, desired, deployedAt }: ServiceView) => ({
  taskDefinition,
  desired,
  ...(deployedAt ? { deployedAt } : {}),
});

/** A definition that was deregistered can't be deployed any more. */
async function checked(decision: RollbackDecision, { ecs }: StepContext<'ecs'>): Promise<RollbackDecision> {
  if (decision.action !== 'previous-task-definition' || (await isActive(ecs, decision.to))) return decision;
  return { action: 'hold', reasons: [because('definition-inactive', { to: decision.to })] };
}

/** @param counts the desired count as ECS shows it, and as this incident wrote it just now */
async function act(
  decision: Exclude<RollbackDecision, { action: 'hold' }>,
  incident: Incident,
  counts: readonly number[],
  check: Precondition,
  { ecs }: StepContext<'ecs'>,
): Promise<void> {
  switch (decision.action) {
    case 'started':
      return;
    case 'stop-deployment':
      return decision.hook
        ? rollBackPaused(ecs, decision.deployment, decision.hook, check)
        : stopDeployment(ecs, decision.deployment, check);
    case 'desired-count':
      return counts.every((count) => count === decision.to)
        ? undefined
        : setDesiredCount(ecs, incident.service, decision.to, check);
    case 'redeploy':
      return deploy(ecs, incident.service, undefined, check);
    case 'previous-task-definition':
      return deploy(ecs, incident.service, decision.to, check);
  }
}

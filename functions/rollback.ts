import * as v from 'valibot';
import { ecs, store } from '../shared/aws/clients.ts';
import { readService, setDesiredCount } from '../shared/aws/ecs.ts';
import { deploy, isActive, readDeployments, stopDeployment } from '../shared/aws/ecs-deployments.ts';
import type { Check } from '../shared/aws/repeated-attempts.ts';
import { switch as killSwitch } from '../shared/aws/switch.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import { Assessment } from '../shared/document/assessment.ts';
import { Incident } from '../shared/document/incident.ts';
import { Request } from '../shared/document/request.ts';
import { because } from '../shared/format/reasons.ts';
import { readSnapshot } from '../shared/incident/snapshot-store.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import type { Tools } from '../shared/lambda/tools.ts';
import { ceilingOf, floorOf } from '../shared/plan/limits.ts';
import { decideRollback, type RollbackDecision } from '../shared/plan/rollback.ts';
import { writeUnderLock } from '../shared/writes/guarded-write.ts';

/** Rollback Procedure: back to the last completed deployment, or what a person asked for; otherwise it holds. */
export const rollback = step({
  name: 'rollback',
  input: v.object({ document: v.object({ request: Request, incident: Incident, assessment: Assessment }) }),
  async run({ document: { request, incident, assessment } }, tools: Tools<'ecs' | 'store' | 'switch'>) {
    const [view, deployments, snapshot] = await Promise.all([
      readService(tools.ecs, incident.service),
      readDeployments(tools.ecs, incident.service),
      readSnapshot(incident, tools.store),
    ]);
    const service = serviceConfig(tools.config, request.service);
    const decided = decideRollback(request, assessment, {
      view,
      deployments,
      snapshotTaskDefinition: snapshot?.taskDefinition,
      floor: floorOf(service, snapshot),
      ceiling: ceilingOf(service),
    });
    const decision = await checked(decided, tools);
    if (!request.dryRun && decision.action !== 'hold') {
      const write = (check: Check) => act(decision, incident, view.desired, check, tools);
      await writeUnderLock(incident, write, tools);
    }
    tools.log.info(`rollback: ${decision.action}`, { ...decision });
    return { ...decision, from: { taskDefinition: view.taskDefinition, desired: view.desired } };
  },
});

export const handler = lambda(rollback, { ecs, store, switch: killSwitch });

/** A definition that was deregistered can't be deployed any more. */
async function checked(decision: RollbackDecision, { ecs }: Tools<'ecs'>): Promise<RollbackDecision> {
  if (decision.action !== 'previous-task-definition' || (await isActive(ecs, decision.to))) return decision;
  return { action: 'hold', reasons: [because('definition-inactive', { to: decision.to })] };
}

async function act(
  decision: RollbackDecision,
  incident: Incident,
  desired: number,
  check: Check,
  { ecs }: Tools<'ecs'>,
): Promise<void> {
  switch (decision.action) {
    case 'hold':
    case 'started':
      return;
    case 'stop-deployment':
      return stopDeployment(ecs, decision.deployment, check);
    case 'desired-count':
      return desired === decision.to ? undefined : setDesiredCount(ecs, incident.service, decision.to, check);
    case 'previous-task-definition':
    case 'redeploy':
      return deploy(ecs, incident.service, decision.to, check);
  }
}

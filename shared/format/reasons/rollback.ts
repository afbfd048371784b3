import type { MetricName } from '../../config/metric-catalogue.ts';
import { metricLabel } from '../metrics.ts';
import { tasks } from '../numbers.ts';
import { shortDefinition } from '../settings.ts';

type To = { to: string };
type Counts = { from: number; to: number };
type Cost = { percent: number; kept: number; running: number };

const stays = 'so capacity stays as it is';

/** What a rollback does, or why it holds. */
export const rollbackReasons = {
  'deployment-started': () => 'its deployment is running already',
  'deployed-meanwhile': ({ taskDefinition }: { taskDefinition: string | undefined }) =>
    `somebody has deployed ${shortDefinition(taskDefinition ?? 'another definition')} since this rollback was asked for: it stays as it is`,
  'redeploy-asked': () => 'asked for: the present definition is deployed again',
  'no-earlier-deployment': () => `no earlier completed deployment is known, ${stays}`,
  'no-deployment-to-blame': () => `no deployment in the last hour can be blamed, ${stays}`,
  'no-evidence-against-deployment': ({ suspected }: { suspected?: boolean }) =>
    `${suspected ? 'what speaks against the last deployment is not enough' : 'nothing got worse with the last deployment'}, ${stays}; a person may roll it back`,
  'ecs-rolls-back': ({ to }: To) =>
    `the last deployment is being rolled back to ${shortDefinition(to)} already`,
  'ecs-rolled-back': ({ to }: To) =>
    `ECS has rolled the last deployment back to ${shortDefinition(to)} already, ${stays}`,
  'was-way-back': ({ to }: { to: string | undefined }) =>
    `the last deployment was itself the way back to ${shortDefinition(to ?? 'another definition')}, ${stays}`,
  'ends-pause': ({ from, to }: To & { from: string }) =>
    `the deployment of ${shortDefinition(from)} is paused and awaits an action: it is rolled back to ${shortDefinition(to)}`,
  'stops-deployment': ({ from, to }: To & { from: string }) =>
    `the deployment of ${shortDefinition(from)} is still running: it is stopped and rolled back to ${shortDefinition(to)}`,
  'back-to-definition': ({ from, to }: To & { from: string }) =>
    `${shortDefinition(from)} goes back to ${shortDefinition(to)}, the last deployment that completed before it`,
  'back-past-bad': ({ from, to, past }: To & { from: string; past: string[] }) =>
    `${shortDefinition(from)} goes back to ${shortDefinition(to)}: ${past.map(shortDefinition).join(' and ')} had made it worse already, or had been taken back`,
  'definition-inactive': ({ to }: To) =>
    `${shortDefinition(to)} is not ACTIVE any more, so it cannot be deployed`,
  'above-ceiling': ({ count, ceiling }: { count: number; ceiling: number }) =>
    `desired count ${count} is above the ceiling of ${tasks(ceiling)}`,
  'below-floor': ({ count, floor }: { count: number; floor: number }) =>
    `desired count ${count} is below the floor of ${tasks(floor)}`,
  'lowers-while-critical': ({ from, to, critical }: Counts & { critical: MetricName[] }) =>
    `desired count ${from} → ${to} would lower capacity while ${critical.map(metricLabel).join(', ')} is critical`,
  'lowers-at-once': ({ from, to }: Counts) =>
    `desired count ${from} → ${to} would lower capacity at once: start scale-in, which goes down in steps and asks for approval where it is needed`,
  'deploying-takes-tasks': ({ percent, kept, running }: Cost) =>
    `ECS may run ${kept} of the ${tasks(running)} until the deployment has ended: the service's minimum healthy percent is ${percent} %`,
  'takes-tasks-while-critical': ({ percent, kept, running, critical }: Cost & { critical: MetricName[] }) =>
    `deploying could leave ${kept} of ${tasks(running)} while ${critical.map(metricLabel).join(', ')} is critical, because the service's minimum healthy percent is ${percent} %, ${stays}; set it to 100 % (that starts no deployment) and start the rollback again, or ask for the previous task definition by name, which goes on all the same`,
  'count-asked': ({ from, to }: Counts) => `asked for: desired count ${from} → ${to}`,
};

import { createHash } from 'node:crypto';
import { approvalLink, request } from '../../sandbox/approver.ts';
import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { textAt } from '../facts/values.ts';
import type { ChaosIncident, PersonChange } from '../generate/incident.ts';
import type { PersonAct, Recording } from '../record/recording.ts';

/** A call that a person makes at a terminal; AWS may refuse it. */
async function call(sandbox: Sandbox, target: string, input: Record<string, unknown>): Promise<void> {
  await sandbox.aws.handle({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(input),
    caller: 'person',
  });
}

const scaling = 'AnyScaleFrontendService';
const updateService = 'AmazonEC2ContainerServiceV20141113.UpdateService';

/** Makes the change; resolves to what was really changed. */
export async function changeAsPerson(sandbox: Sandbox, change: PersonChange): Promise<PersonAct> {
  const { cluster, service, cpuPolicy } = sandbox.service;
  const settings = () => sandbox.aws.settings(cluster, service);
  const before = settings();
  const target = {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: `service/${cluster}/${service}`,
  };
  const writes = sandbox.aws.writes.length;
  switch (change.setting) {
    case 'desired': {
      const desiredCount = Math.max(1, before.desired + change.by);
      await call(sandbox, updateService, { cluster, service, desiredCount });
      break;
    }
    case 'bounds':
      await call(sandbox, `${scaling}.RegisterScalableTarget`, {
        ...target,
        MinCapacity: change.min,
        MaxCapacity: change.max,
      });
      break;
    case 'suspended':
      await call(sandbox, `${scaling}.RegisterScalableTarget`, {
        ...target,
        SuspendedState: { DynamicScalingInSuspended: change.scaleIn },
      });
      break;
    case 'policy':
      await call(sandbox, `${scaling}.PutScalingPolicy`, {
        ...target,
        PolicyName: cpuPolicy.name,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: change.target,
          ScaleOutCooldown: change.cooldown,
          ScaleInCooldown: change.cooldown,
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        },
      });
      break;
    case 'delete-policy':
      await call(sandbox, `${scaling}.DeleteScalingPolicy`, { ...target, PolicyName: cpuPolicy.name });
      break;
    case 'deregister':
      await call(sandbox, `${scaling}.DeregisterScalableTarget`, target);
      break;
    case 'deploy': {
      const taskDefinition = `${service}:${change.revision}`;
      await call(sandbox, updateService, { cluster, service, taskDefinition, forceNewDeployment: true });
      break;
    }
  }
  const own = sandbox.aws.writes.slice(writes).filter(({ who }) => who === 'person');
  return {
    at: sandbox.time.now(),
    text: JSON.stringify(change),
    changed: Object.assign({}, ...own.map(({ to }) => to)),
    replaced: Object.assign({}, ...own.map(({ from }) => from)),
    settings: settings(),
    running: sandbox.engine.listExecutions({ status: 'RUNNING' }).map(({ arn }) => arn),
  };
}

type Answers = Recording['answers'][number][];

/** Approvers who read their mail after a while and answer once; a page that fails is opened again. */
export function approvers(
  sandbox: Sandbox,
  { answer, delaySeconds }: ChaosIncident['approver'],
  stored: (key: string) => unknown,
  answers: Answers,
): () => Promise<void> {
  const done = new Set<string>();
  const tries = new Map<string, number>();
  return async () => {
    if (answer === 'never') return;
    const due = sandbox.aws.mailbox.flatMap(({ text, at }) => {
      const link = approvalLink(text);
      return !link || done.has(link) || sandbox.time.now() < at + delaySeconds * 1000 ? [] : link;
    });
    // All who have a link answer at the same moment.
    await Promise.all(due.map(answerOnce));
  };

  async function answerOnce(link: string): Promise<void> {
    done.add(link);
    try {
      await give(link.split('/').at(-1) ?? '');
    } catch {
      const count = (tries.get(link) ?? 0) + 1;
      tries.set(link, count);
      if (count < 5) done.delete(link);
    }
  }

  async function give(handle: string): Promise<void> {
    const shown = await request(sandbox, 'GET', handle);
    if (!shown.body.includes('<form')) return;
    const check = /name="check" value="([^"]*)"/.exec(shown.body)?.[1] ?? '';
    const decision = answer === 'yes' ? 'approved' : 'rejected';
    const form = new URLSearchParams({ check, reason: 'As the page says.', decision });
    const at = sandbox.time.now();
    const link = stored(`approval-handle/${createHash('sha256').update(handle).digest('hex')}`);
    answers.push({
      at,
      approvalId: textAt(link, 'approvalId') ?? '',
      approver: textAt(link, 'approver') ?? '',
      decision,
    });
    await request(sandbox, 'POST', handle, form.toString());
  }
}

/** The settings that count as a person's or the product's choice. */
export type SettingName = 'desired' | 'min' | 'max' | 'suspended' | 'policies' | 'taskDefinition';

export const settingNames: readonly SettingName[] = [
  'desired',
  'min',
  'max',
  'suspended',
  'policies',
  'taskDefinition',
];

export const settingOf = (settings: ServiceSettings, name: SettingName): unknown => settings[name];

import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { SimulatedService } from '../../sandbox/world/model/types.ts';
import type { PersonChange } from '../generate/incident.ts';
import type { PersonAct } from '../record/recording.ts';

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

const targetOf = ({ service: { cluster, service } }: Sandbox) => ({
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
  ResourceId: `service/${cluster}/${service}`,
});

const trackingPolicy = (name: string, percent: number, out: number, back: number) => ({
  PolicyName: name,
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: percent,
    ScaleOutCooldown: out,
    ScaleInCooldown: back,
    PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
  },
});

/** Policy, count and bounds as they were; the bounds last, so that they cut nothing. */
async function giveBack(sandbox: Sandbox, normal: ServiceSettings): Promise<void> {
  const { cluster, service } = sandbox.service;
  const target = targetOf(sandbox);
  const [policy] = normal.policies;
  if (policy?.target !== undefined) {
    const { name, target: percent, scaleOutCooldown = 60, scaleInCooldown = 300 } = policy;
    const put = trackingPolicy(name, percent, scaleOutCooldown, scaleInCooldown);
    await call(sandbox, `${scaling}.PutScalingPolicy`, { ...target, ...put });
  }
  await call(sandbox, updateService, { cluster, service, desiredCount: normal.desired });
  if (normal.min === undefined) return;
  await call(sandbox, `${scaling}.RegisterScalableTarget`, {
    ...target,
    MinCapacity: normal.min,
    MaxCapacity: normal.max,
    SuspendedState: {
      DynamicScalingInSuspended: normal.suspended?.dynamicScalingIn ?? false,
      DynamicScalingOutSuspended: normal.suspended?.dynamicScalingOut ?? false,
      ScheduledScalingSuspended: normal.suspended?.scheduledScaling ?? false,
    },
  });
}

/** What a person does with a server: the first PgBouncer, or the cache. */
function atConsole(
  { world, aws, service }: Sandbox,
  call: string,
  work: (service: SimulatedService) => void,
): void {
  const simulated = world.service(service.cluster, service.service);
  if (simulated) aws.recorded(call, simulated, 'person', () => work(simulated));
}

/**
 * Makes the change; resolves to what was really changed.
 * @param normal the settings before the incident
 */
export async function changeAsPerson(
  sandbox: Sandbox,
  change: PersonChange,
  normal: ServiceSettings,
): Promise<PersonAct> {
  const { cluster, service, cpuPolicy } = sandbox.service;
  const settings = () => sandbox.aws.settings(cluster, service);
  const before = settings();
  const target = targetOf(sandbox);
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
    case 'policy': {
      const { target: percent, cooldown } = change;
      await call(sandbox, `${scaling}.PutScalingPolicy`, {
        ...target,
        ...trackingPolicy(cpuPolicy.name, percent, cooldown, cooldown),
      });
      break;
    }
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
    case 'pool':
      atConsole(sandbox, 'pgbouncer:SET', (one) => one.setPool(0, 'default_pool_size', change.size));
      break;
    case 'pool-restart':
      atConsole(sandbox, 'pgbouncer:restart', (one) => one.restartPool(0));
      break;
    case 'cache-policy':
      atConsole(sandbox, 'redis:CONFIG SET', (one) => {
        one.cache().state.policy = change.policy;
      });
      break;
    case 'everything':
      await giveBack(sandbox, normal);
      break;
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

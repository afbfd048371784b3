import {
  type ApplicationAutoScalingClient,
  PutScalingPolicyCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import {
  cpuPolicyOf,
  deletePolicy,
  readActivities,
  readBounds,
  readPolicies,
  scalable,
  writeBounds,
} from '../aws/autoscaling.ts';
import { readService, type ServiceName } from '../aws/ecs.ts';
import { checkRepeats } from '../aws/repeated-attempts.ts';
import { readScheduledActions } from '../aws/scheduled-actions.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { PreflightAsk } from '../document/preflight.ts';
import type { StepContext } from '../lambda/context.ts';
import { neverAgain, whyNoWrite } from './harmless.ts';
import { given, notTried, type Trial } from './trials.ts';

type Client = ApplicationAutoScalingClient;
type WriteTools = StepContext<'ecs' | 'autoscaling' | 'store' | 'switch'>;

const reading = (check: Trial['check'], read: () => Promise<unknown>): Trial => ({
  check,
  async try() {
    await read();
    return undefined;
  },
});

/** The target and the policies. */
export const scalingTrials = (client: Client, name: ServiceName): Trial[] => [
  reading('application-autoscaling:DescribeScalableTargets', () => readBounds(client, name)),
  reading('application-autoscaling:DescribeScalingPolicies', () => readPolicies(client, name)),
];

export const activitiesTrial = (client: Client, name: ServiceName): Trial =>
  reading('application-autoscaling:DescribeScalingActivities', () => readActivities(client, name));

export const actionsTrial = (client: Client, name: ServiceName): Trial =>
  reading('application-autoscaling:DescribeScheduledActions', () => readScheduledActions(client, name));

/**
 * Registers the target with the values that it has. Every update moves a count outside of the bounds into them: then it is
 * not tried. Source: Application Auto Scaling API, RegisterScalableTarget.
 */
export const targetTrials = (context: WriteTools, ask: PreflightAsk, service: ServiceConfig): Trial[] => [
  {
    check: 'application-autoscaling:RegisterScalableTarget',
    async try() {
      const why = await whyNoWrite(ask, service, context);
      if (why) return { notTried: why };
      const read = () =>
        Promise.all([readService(context.ecs, service), readBounds(context.autoscaling, service)]);
      return given(read, async ([{ desired }, bounds]) => {
        if (!bounds) return { notTried: 'no-target' };
        if (desired < bounds.min || desired > bounds.max) return { notTried: 'outside-bounds' };
        await writeBounds(context.autoscaling, service, bounds, neverAgain);
        return undefined;
      });
    },
  },
  // Application Auto Scaling makes the role with the first target of an account.
  notTried('iam:CreateServiceLinkedRole', 'first-target-only'),
];

/** Puts the CPU policy that is there once more, exactly as it was read. */
export const policyTrial = (context: WriteTools, ask: PreflightAsk, service: ServiceConfig): Trial => ({
  check: 'application-autoscaling:PutScalingPolicy',
  async try() {
    const why = await whyNoWrite(ask, service, context);
    if (why) return { notTried: why };
    return given(
      () => readPolicies(context.autoscaling, service),
      async (policies) => {
        const present = presentPolicy(policies);
        if (!present) return { notTried: 'no-policy' };
        await putAgain(context.autoscaling, service, present);
        return undefined;
      },
    );
  },
});

const presentPolicy = (policies: readonly ScalingPolicy[]) =>
  policies.find(({ PolicyName }) => PolicyName === cpuPolicyOf(policies)?.name);

async function putAgain(client: Client, service: ServiceName, policy: ScalingPolicy): Promise<void> {
  const { PolicyName, TargetTrackingScalingPolicyConfiguration } = policy;
  const command = new PutScalingPolicyCommand({
    ...scalable(service),
    PolicyName,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration,
  });
  command.middlewareStack.use(checkRepeats(neverAgain));
  await client.send(command);
}

/** No service has a policy of this name. */
const noPolicy = 'emergency-scaling-preflight';

/** Deletes a policy that does not exist. */
export const deletionTrials = (context: WriteTools, ask: PreflightAsk, service: ServiceConfig): Trial[] => [
  {
    check: 'application-autoscaling:DeleteScalingPolicy',
    async try() {
      const why = await whyNoWrite(ask, service, context);
      if (why) return { notTried: why };
      await deletePolicy(context.autoscaling, service, noPolicy, neverAgain);
      return undefined;
    },
  },
  // Application Auto Scaling asks for it when a policy goes that has alarms.
  notTried('cloudwatch:DeleteAlarms', 'deleting-only'),
];

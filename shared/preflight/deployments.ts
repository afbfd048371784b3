import {
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
} from '@aws-sdk/client-ecs';
import { readService } from '../aws/ecs.ts';
import { isActive, stopDeployment } from '../aws/ecs-deployments.ts';
import { rollBackPaused } from '../aws/ecs-pauses.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { PreflightAsk } from '../document/preflight.ts';
import type { StepContext } from '../lambda/context.ts';
import { neverAgain, whyNoWrite } from './harmless.ts';
import { given, notTried, once, type Trial, unlessMissing } from './trials.ts';

type Named = Pick<ServiceConfig, 'cluster' | 'service'>;

/** Lists the latest deployment, and describes it and its revision. */
export function deploymentTrials(ecs: ECSClient, { cluster, service }: Named): Trial[] {
  const listed = once(() => ecs.send(new ListServiceDeploymentsCommand({ cluster, service, maxResults: 1 })));
  const newest = (use: (newest: { deployment: string; revision: string }) => Promise<unknown>) =>
    given(listed, async ({ serviceDeployments = [] }) => {
      const [{ serviceDeploymentArn: deployment = '', targetServiceRevisionArn: revision = '' } = {}] =
        serviceDeployments;
      if (!deployment || !revision) return { notTried: 'no-deployment' };
      await use({ deployment, revision });
      return undefined;
    });
  return [
    {
      check: 'ecs:ListServiceDeployments',
      async try() {
        await listed();
        return undefined;
      },
    },
    {
      check: 'ecs:DescribeServiceRevisions',
      try: () =>
        newest(({ revision }) =>
          ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [revision] })),
        ),
    },
    {
      check: 'ecs:DescribeServiceDeployments',
      try: () =>
        newest(({ deployment }) =>
          ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [deployment] })),
        ),
    },
  ];
}

/** A deployment and a hook that no service has. */
const noDeployment = 'preflight0000000000000';
/** What ECS says of a deployment that does not exist, once it knows that its caller may ask. */
const unknownDeployment = ['ServiceDeploymentNotFoundException', 'InvalidParameterException'];

/** What only a rollback does: stops and continues a deployment that does not exist, reads the present task definition. */
export function rollbackTrials(
  context: StepContext<'ecs' | 'store' | 'switch'>,
  ask: PreflightAsk,
  service: ServiceConfig,
): Trial[] {
  const { ecs } = context;
  const [prefix = ''] = ask.execution.split(':states:');
  const account = ask.execution.split(':').slice(3, 5).join(':');
  const arn = `${prefix}:ecs:${account}:service-deployment/${service.cluster}/${service.service}/${noDeployment}`;
  const unlessBusy = async (call: () => Promise<void>) => {
    const why = await whyNoWrite(ask, service, context);
    if (why) return { notTried: why } as const;
    return unlessMissing(call(), ...unknownDeployment);
  };
  return [
    {
      check: 'ecs:DescribeTaskDefinition',
      try: () =>
        given(
          () => readService(ecs, service),
          async ({ taskDefinition }) => {
            await isActive(ecs, taskDefinition);
            return undefined;
          },
        ),
    },
    {
      check: 'ecs:StopServiceDeployment',
      try: () => unlessBusy(() => stopDeployment(ecs, arn, neverAgain)),
    },
    {
      check: 'ecs:ContinueServiceDeployment',
      try: () => unlessBusy(() => rollBackPaused(ecs, arn, noDeployment, neverAgain)),
    },
    notTried('iam:PassRole', 'would-deploy'),
  ];
}

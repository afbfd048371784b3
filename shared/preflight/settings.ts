import { DescribeTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { GetAccountCommand } from '@aws-sdk/client-sesv2';
import { readBounds, readPolicies } from '../aws/autoscaling.ts';
import { describeService, requireUsable } from '../aws/ecs.ts';
import { readRevisions } from '../aws/ecs-deployments.ts';
import { loadBalancingOf } from '../config/servers/load-balancing.ts';
import type { ServiceConfig } from '../config/service.ts';
import { ServiceNotUsableError } from '../core/errors.ts';
import type { StepContext } from '../lambda/context.ts';
import {
  alternateGroupFinding,
  boundsFinding,
  cpuMetricFinding,
  cpuPolicyFinding,
  strategyFinding,
  targetGroupFinding,
  taskRolesFinding,
  temporaryPolicyFinding,
} from './compare.ts';
import { hasPoints } from './load-balancer.ts';
import { concurrencyFinding, fargateFinding, mailFinding, readFargateUsage } from './quotas.ts';
import { given, once, type Trial } from './trials.ts';

export type SettingsTools = StepContext<'ecs' | 'autoscaling' | 'cloudwatch' | 'mail' | 'functions'>;

/** Reads a service and compares it with its configuration. */
export function settingsTrials(service: ServiceConfig, context: SettingsTools): Trial[] {
  const { ecs, autoscaling, cloudwatch } = context;
  const described = once(async () => {
    const found = await describeService(ecs, service);
    if (!('service' in found)) throw new ServiceNotUsableError(found.missing);
    return found.service;
  });
  const definition = once(async () => {
    const { taskDefinition = '' } = await described();
    return (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition ?? {};
  });
  const revisions = once(() => readRevisions(ecs, service));
  const bounds = once(() => readBounds(autoscaling, service));
  const policies = once(() => readPolicies(autoscaling, service));
  const usage = once(() => readFargateUsage(cloudwatch, context.now()));
  return [
    read('ecs:DescribeServices', described),
    {
      check: 'service',
      try: () =>
        given(described, (found) => {
          requireUsable(found, service);
          return undefined;
        }),
    },
    { check: 'target-group', try: () => given(described, (found) => targetGroupFinding(service, found)) },
    {
      check: 'alternate-target-group',
      try: () => given(described, (found) => alternateGroupFinding(service, found)),
    },
    { check: 'deployment-strategy', try: () => given(described, (found) => strategyFinding(service, found)) },
    read('ecs:DescribeTaskDefinition', definition),
    { check: 'task-roles', try: () => given(definition, (found) => taskRolesFinding(service, found)) },
    read('ecs:ListServiceDeployments', revisions),
    { check: 'cpu-metric', try: () => given(revisions, (found) => cpuMetricFinding(service, found)) },
    read('application-autoscaling:DescribeScalableTargets', bounds),
    { check: 'scalable-target', try: () => given(bounds, (found) => boundsFinding(service, found)) },
    read('application-autoscaling:DescribeScalingPolicies', policies),
    { check: 'cpu-policy', try: () => given(policies, (found) => cpuPolicyFinding(service, found)) },
    {
      check: 'temporary-policy',
      try: () => given(policies, (found) => temporaryPolicyFinding(service, found)),
    },
    ...loadBalancerTrials(service, context),
    read('cloudwatch:GetMetricData', usage),
    {
      check: 'fargate-vcpu',
      try: () =>
        given(
          () => Promise.all([described(), definition(), usage()]),
          ([found, task, used]) => fargateFinding(service, found, task, used),
        ),
    },
  ];
}

/** What the account as a whole allows. */
export function accountTrials({ mail, functions }: SettingsTools): Trial[] {
  const settings = once(() => functions.send(new GetAccountSettingsCommand({})));
  const account = once(() => mail.ses.send(new GetAccountCommand({})));
  return [
    read('lambda:GetAccountSettings', settings),
    { check: 'lambda-concurrency', try: () => given(settings, concurrencyFinding) },
    read('ses:GetAccount', account),
    { check: 'mail-sandbox', try: () => given(account, mailFinding) },
  ];
}

function loadBalancerTrials(service: ServiceConfig, { cloudwatch, now }: SettingsTools): Trial[] {
  const names = loadBalancingOf(service);
  if (!names) return [];
  return [
    {
      check: 'load-balancer',
      async try() {
        return (await hasPoints(cloudwatch, service, now()))
          ? undefined
          : { configured: names.loadBalancer, found: 'none' };
      },
    },
  ];
}

const read = (check: Trial['check'], reading: () => Promise<unknown>): Trial => ({
  check,
  async try() {
    await reading();
    return undefined;
  },
});

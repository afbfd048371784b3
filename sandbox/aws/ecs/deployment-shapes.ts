import { arn } from '../../place.ts';
import type { ServiceDeploymentRecord } from '../../world/model/deployment.ts';
import type { SimulatedService } from '../../world/model/types.ts';
import type { Output } from '../input.ts';
import { epochSeconds, type Site } from '../site.ts';
import {
  clusterArn,
  deploymentConfigurationOf,
  loadBalancersShape,
  serviceArn,
  taskDefinitionArn,
} from './shapes.ts';

/** A deployment and the service that it belongs to. */
export interface Located {
  service: SimulatedService;
  record: ServiceDeploymentRecord;
}

/** `ecs-svc/123` is the deployment's id in DescribeServices; ARNs use the digits only. */
function bareId(record: ServiceDeploymentRecord): string {
  return record.id.slice(record.id.lastIndexOf('/') + 1);
}

function childArn(site: Site, kind: string, { service, record }: Located): string {
  return arn(site, 'ecs', `${kind}/${service.cluster}/${service.name}/${bareId(record)}`);
}

/** `arn:...:service-deployment/CLUSTER/SERVICE/ID` */
export const deploymentArn = (site: Site, located: Located) => childArn(site, 'service-deployment', located);
/** `arn:...:service-revision/CLUSTER/SERVICE/ID`; each deployment has its own revision here. */
export const revisionArn = (site: Site, located: Located) => childArn(site, 'service-revision', located);

/** `ServiceDeploymentBrief` of ListServiceDeployments. */
export function briefShape(site: Site, located: Located): Output {
  const { service, record } = located;
  return {
    serviceDeploymentArn: deploymentArn(site, located),
    serviceArn: serviceArn(site, service),
    clusterArn: clusterArn(site, service.cluster),
    targetServiceRevisionArn: revisionArn(site, located),
    status: record.status,
    createdAt: epochSeconds(record.createdAt),
    startedAt: epochSeconds(record.startedAt),
    ...(record.finishedAt !== undefined && { finishedAt: epochSeconds(record.finishedAt) }),
  };
}

/** `ServiceDeployment` of DescribeServiceDeployments. */
export function fullShape(site: Site, located: Located): Output {
  const { service, record } = located;
  const counts = service.deployments.find((deployment) => deployment.id === record.id);
  const source = service.history[service.history.findIndex(({ id }) => id === record.id) + 1];
  const rolledBack = record.status.startsWith('ROLLBACK') && source !== undefined;
  const { targetServiceRevisionArn, ...brief } = briefShape(site, located);
  return {
    ...brief,
    updatedAt: epochSeconds(record.finishedAt ?? site.now()),
    deploymentConfiguration: deploymentConfigurationOf(service),
    ...pauseShape(record),
    sourceServiceRevisions:
      source === undefined ? [] : [{ arn: revisionArn(site, { service, record: source }) }],
    targetServiceRevision: {
      arn: targetServiceRevisionArn,
      requestedTaskCount: counts?.desiredCount ?? 0,
      runningTaskCount: counts?.runningCount ?? 0,
      pendingTaskCount: counts?.pendingCount ?? 0,
    },
    ...(rolledBack && {
      rollback: {
        startedAt: epochSeconds(record.finishedAt ?? record.startedAt),
        serviceRevisionArn: revisionArn(site, { service, record: source }),
      },
    }),
  };
}

/** The lifecycle stage and the hook of a deployment that pauses (API_DeploymentLifecycleHookDetail.html). */
function pauseShape({ pause }: ServiceDeploymentRecord): Output {
  if (pause === undefined) return {};
  const { hookId, status, expiresAt, timeoutAction } = pause;
  return {
    ...(status === 'AWAITING_ACTION' && { lifecycleStage: 'PRE_SCALE_UP' }),
    lifecycleHookDetails: [
      { hookId, targetType: 'PAUSE', status, expiresAt: epochSeconds(expiresAt), timeoutAction },
    ],
  };
}

/** `ServiceRevision` of DescribeServiceRevisions. */
export function revisionShape(site: Site, located: Located): Output {
  const { service, record } = located;
  return {
    serviceRevisionArn: revisionArn(site, located),
    serviceArn: serviceArn(site, service),
    clusterArn: clusterArn(site, service.cluster),
    taskDefinition: taskDefinitionArn(site, record.taskDefinition),
    launchType: 'FARGATE',
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    loadBalancers: loadBalancersShape(site, service),
    ...(site.cpuMetricSeconds !== 60 && { monitoring: monitoringShape(site.cpuMetricSeconds) }),
    createdAt: epochSeconds(record.createdAt),
  };
}

/** Absent at the default of 60 seconds (API_MonitoringConfiguration.html). */
const monitoringShape = (resolutionSeconds: number): Output => ({
  metricConfigurations: [{ metricNames: ['CPUUtilization', 'MemoryUtilization'], resolutionSeconds }],
});

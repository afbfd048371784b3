import { partitionOf } from '../shared/config/partition.ts';
import type { Config } from '../shared/config/schema.ts';

export const dashboardName = ({ environment }: Config): string => `emergency-scaling-${environment}`;

/**
 * What somebody opens whom an alarm woke: the runbook where the configuration says where it is, the dashboard, and the
 * runs. Text for `Fn::Sub`; the description of an alarm ends at 1,024 characters.
 * @param dashboard where it is; in the account of the alarm
 */
export function links(
  config: Config,
  dashboard = { region: config.region, name: dashboardName(config) },
): string {
  const { region, runbookUrl } = config;
  return [
    // `${!` is CloudFormation's way to write a `${` that it leaves alone.
    ...(runbookUrl ? [`Runbook: ${runbookUrl.replaceAll('${', '${!')}`] : []),
    `Dashboard: ${consoleOf(dashboard.region)}/cloudwatch/home?region=${dashboard.region}#dashboards/dashboard/${dashboard.name}`,
    `Runs: ${consoleOf(region)}/states/home?region=${region}#/statemachines/view/\${EmergencyScaling}`,
  ].join('\n');
}

const consoleOf = (region: string): string => `https://${region}.${partitionOf(region).consoleHost}`;

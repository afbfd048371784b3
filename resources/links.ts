import { partitionOf } from '../shared/config/partition.ts';
import type { Config } from '../shared/config/schema.ts';

export const dashboardName = ({ environment }: Config): string => `emergency-scaling-${environment}`;

/**
 * What somebody opens whom an alarm woke: the runbook where the configuration says where it is, the dashboard, and the
 * runs. Text for `Fn::Sub`; the description of an alarm ends at 1,024 characters.
 */
export function links(config: Config): string {
  const { region, runbookUrl } = config;
  const console = `https://${region}.${partitionOf(region).consoleHost}`;
  return [
    // `${!` is CloudFormation's way to write a `${` that it leaves alone.
    ...(runbookUrl ? [`Runbook: ${runbookUrl.replaceAll('${', '${!')}`] : []),
    `Dashboard: ${console}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName(config)}`,
    `Runs: ${console}/states/home?region=${region}#/statemachines/view/\${EmergencyScaling}`,
  ].join('\n');
}

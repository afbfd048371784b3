import type { Found } from './read.ts';
import { approvalOf, type Draft, type Told, type Wanted } from './stage-file.ts';

/** Makes the lines of one kind. */
const line =
  (state: Told['state']) =>
  (key: string, value: string, why: string): Told => ({ state, key, value, why });
export const found = line('found');
export const assumed = line('assumed');
export const leftOut = line('left out');
const fillIn = (key: string, why: string): Told => ({ state: 'to fill in', key, value: '', why });

/** What a new stage begins with, whatever the service. */
export const alwaysAssumed = ({ region, kind, name }: Wanted): Told[] => [
  assumed(
    'iam.permissionsBoundary',
    `boundary-of-emergency-scaling-${region}`,
    'iam/deploying-role.yml makes it',
  ),
  assumed(
    'thresholds, planning, timing, limits',
    '',
    "the runbook's: compare the thresholds with a normal day",
  ),
  assumed('approval', kind, `as in this project's ${kind}: ${approvalOf[kind].approvalsNeeded} to approve`),
  assumed(
    'secrets',
    `/emergency-scaling/${name}/…`,
    'names only: make alertmanager-token-a, and those of channels that you switch on',
  ),
  assumed('notices', 'off', 'SNS alone, until you switch PagerDuty or a chat on'),
];

/** What AWS cannot say and a stage can do without. */
export const alwaysLeftOut = (behind: boolean): Told[] => [
  ...(behind
    ? [leftOut('health.api, health.mcp', '', 'AWS knows no addresses: without them nothing waits for health')]
    : []),
  leftOut('prometheusUrl, metricsUrl', '', 'CloudWatch alone is read; add them if there is a Prometheus'),
  leftOut('pgbouncer, perTask.connections', '', 'without them no connection budget caps the tasks'),
];

/** One line for each key of the file that is empty. */
export function toFillIn(draft: Draft, { unread }: Pick<Found, 'unread'>): Told[] {
  const { service, region, hints } = draft;
  const at = `services.${service}`;
  const busiest = hints.busiestMinute;
  const seen =
    busiest === undefined ? '' : `; the busiest minute of the last day had ${busiest} for all tasks`;
  return [
    ...(draft.loadBalancer === null
      ? [
          fillIn(
            `${at}.loadBalancer`,
            `${unread.metrics ?? 'no metric, or more than one, names it'}: aws elbv2 describe-target-groups has it`,
          ),
        ]
      : []),
    ...(draft.requestsPerMinute === null
      ? [fillIn(`${at}.capacity.perTask.requestsPerMinute`, `a load test of one task says it${seen}`)]
      : []),
    fillIn(`${at}.capacity.taskQuota`, `${quotaOf(draft)}: see the file`),
    ...(draft.requestRate.warning === null
      ? [
          fillIn(
            'thresholds.requestRatePerMinute.warning',
            `requests per minute of the whole service${seen}`,
          ),
          fillIn('thresholds.requestRatePerMinute.critical', 'above the warning'),
        ]
      : []),
    fillIn('approval.sender', `verified in SES: aws sesv2 list-email-identities --region ${region}`),
    fillIn('approval.approvers', `at least ${draft.approval.approvalsNeeded}, each with name and email`),
    fillIn('contacts.primaryOnCall', 'whom urgent notices name'),
    fillIn('contacts.devOpsLead', 'the same'),
    fillIn('contacts.infrastructure', 'the same'),
  ];
}

/** Whose limit `taskQuota` is, without the command that tells it: that stands in the file. */
const quotaOf = ({ hints: { fargate, cpuUnits } }: Draft): string =>
  fargate
    ? `the account's vCPU quota of Fargate / ${cpuUnits ? cpuUnits / 1024 : 'vCPU of a task'}`
    : 'how many of its tasks the container instances can hold';

/** Source: Service Quotas, "Fargate On-Demand vCPU resource count". */
const quotaCommand = 'aws service-quotas get-service-quota --service-code fargate --quota-code L-3032A538';

/** The same for the comment in the file. */
export const quotaComments = (draft: Draft): string[] => [
  `# ${quotaOf(draft)}`,
  ...(draft.hints.fargate ? [`# ${quotaCommand} --region ${draft.region}`] : []),
];

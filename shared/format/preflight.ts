import type { UnknownCause } from '../core/unknown.ts';
import type { Comparison, NotTriedWhy, PreflightReport, PreflightRow } from '../document/preflight.ts';
import { errorInWords } from './errors.ts';

/** The words of a preflight. */

/** Whether a row says that something is missing, failed or different. */
export const isFault = ({ result }: Pick<PreflightRow, 'result'>): boolean =>
  result !== 'ok' && result !== 'not-tried';

const comparisonLabels: Record<Comparison, string> = {
  service: 'ECS service can be scaled',
  'target-group': 'target group',
  'alternate-target-group': 'alternate target group',
  'load-balancer': 'load balancer',
  'deployment-strategy': 'deployment strategy',
  'cpu-metric': 'resolution of the CPU metric',
  'task-roles': 'roles of the task definition',
  'scalable-target': 'scalable target',
  'cpu-policy': 'CPU policy',
  'temporary-policy': 'temporary CPU policy',
  'fargate-vcpu': 'Fargate vCPU quota',
  'lambda-concurrency': 'Lambda concurrency left',
  'mail-sandbox': 'SES account',
  alarms: 'alarms of the runbook',
  switch: 'kill switch',
  address: 'address answers',
  token: 'task token round trip',
  function: 'function can be called',
};

/** Where a difference is mended: a key of `config/`, or what to do. */
const mends: Partial<Record<string, string>> = {
  service: 'cluster, service in config/',
  'target-group': 'targetGroup in config/',
  'alternate-target-group': 'alternateTargetGroup in config/',
  'load-balancer': 'loadBalancer in config/',
  'deployment-strategy': 'alternateTargetGroup in config/, or the service’s deployment strategy',
  'cpu-metric': 'cpuMetricSeconds in config/',
  'task-roles': 'taskRoles in config/',
  'scalable-target': 'run configure-autoscaling, or capacity in config/',
  'cpu-policy': 'run configure-autoscaling, or cpuPolicy.name in config/',
  'temporary-policy': 'delete the policy',
  'fargate-vcpu': 'ask for a higher quota: Fargate On-Demand vCPU resource count',
  'lambda-concurrency': 'ask for a higher quota: Lambda concurrent executions',
  'mail-sandbox': 'ask SES for production access',
  alarms: 'deploy: the alarms are part of the stack ("Alarms that are gone" in docs/operations.md)',
  'ssm:GetParameter': 'set the switch to on',
};

/** What a difference means while an incident is under way. */
const meanings: Record<Comparison, string> = {
  service: 'No run can scale this service: every run is held',
  'target-group': 'Requests, latency and errors of another service are read, or none',
  'alternate-target-group': 'After a release that swaps the groups, requests and errors are not seen',
  'load-balancer': 'Requests, latency and errors are unknown: a run can only go by CPU',
  'deployment-strategy': 'After a release that swaps the groups, requests and errors are not seen',
  'cpu-metric': 'The alarm HighCPU reads points that do not exist, and stays silent or is late',
  'task-roles': 'A rollback is refused in its middle: the bad release stays',
  'scalable-target': 'A run cannot raise min and max; autoscaling may undo what it does',
  'cpu-policy': 'A run changes another policy than the one that scales',
  'temporary-policy': 'Two CPU policies pull the count in two directions',
  'fargate-vcpu': 'The service cannot reach its ceiling: tasks stay pending',
  'lambda-concurrency': 'Steps of a run wait for their turn, while users wait for tasks',
  'mail-sandbox': 'Approvers whose address is not verified get no mail; the service stays scaled out',
  alarms: 'No run starts for what these alarms watch',
  switch: 'No run writes until the switch is on',
  address: 'What is read there is unknown; unknown blocks scale-in',
  token: 'A decision of an approver does not reach the run, which waits until it expires',
  function: 'The step of a run that this function does fails',
};

/** What it means while an incident is under way that a function cannot do its work. */
const roles: Record<string, string> = {
  intake: 'A run does not start, or is taken for a stale alarm',
  'open-incident': 'No run gets the lock: nothing is scaled',
  assess: 'The run sees less or nothing, and is held',
  plan: 'No plan is made: the run is held, nothing is scaled',
  'take-snapshot': 'Nothing is written: without a snapshot no run scales',
  'register-target': 'Min and max cannot be raised or given back: the run is held',
  'scale-out': 'No task is added',
  'put-policy': 'The CPU policy is neither made faster nor given back: the run is held',
  'wait-verify': 'Nobody knows whether scaling helped: the run is held',
  'request-approval': 'No approver is asked: the service stays scaled out',
  'remind-approvers': 'Approvers are not reminded: the request expires, the service stays scaled out',
  approval: 'The link of an approver does nothing: the service stays scaled out',
  'alert-webhook': 'Alerts of Alertmanager start nothing',
  'tune-pools': 'A run cannot raise PgBouncer’s pools, nor give back what it has raised',
  'read-pools': 'The notice of a pool incident cannot say what is wrong with the pools',
  'check-redis': 'The notice of a failed dependency cannot say what is wrong with the cache',
  'relieve-redis': 'A run cannot relieve the cache, nor give its policy back: redis-emergency is held',
  'read-autoscaling': 'configure-autoscaling is held',
  'put-autoscaling': 'configure-autoscaling is held',
  'scale-in': 'The service stays scaled out',
  rollback: 'A bad release is not rolled back',
  notify: 'People are not told what a run does',
  'close-incident': 'The end of a run is not recorded: the next one goes on with this incident',
  'watch-executions': 'Nobody is told of a run that died',
  preflight: 'Nobody knows before it is needed',
  you: 'You do not see it; whether the functions do is tried by the state machine preflight',
};

const whys: Record<NotTriedWhy, string> = {
  'not-asked':
    'not tried: it reaches people or starts a run; ask for it with testMail, testNotice or testRun',
  'only-notify': 'not tried: notify posts the one test notice to the chat',
  'would-deploy': 'not tried: it would be a deployment; compare the roles of the task definition',
  'first-target-only': 'not tried: AWS asks for it with the first scalable target of an account only',
  'deleting-only': 'not tried: AWS asks for it when a policy with alarms is deleted',
  'by-lambda': 'not tried: Lambda sends it when an event cannot be handled',
  'no-deployment': 'not tried: ECS knows no deployment of the service that can be described',
  'no-target': 'not tried: no scalable target is registered',
  'no-policy': 'not tried: there is no CPU policy',
  'outside-bounds': 'not tried: the desired count is outside of min and max, and would be moved',
  'incident-open': 'not tried: an incident is open or a run holds the service',
  'switched-off': 'not tried: the switch is off',
  'reads-only': 'not tried: this only reads',
  unread: 'not tried: what it needs could not be read',
  'channel-off': 'not tried: the channel is switched off',
  'one-is-enough': 'not tried: nobody has made it; the other token is there, and one is enough',
  'no-data': 'not compared: AWS publishes no usage',
  'mailed-before': 'not tried: this deployment has sent its test mails',
  'found-by-assess':
    'not tried: the addresses of its tasks are known in a run, by assess; npm run status asks each of them',
};

const isComparison = (check: string): check is Comparison => Object.hasOwn(comparisonLabels, check);

/** What is checked, and by whom. */
function checkLabel({ by, check, on, services }: PreflightRow): string {
  const what = isComparison(check) ? comparisonLabels[check] : check;
  const about = [on, services?.join(', ')].filter((one) => one !== undefined).join(', ');
  return `${by}: ${what}${about ? ` (${about})` : ''}`;
}

/** What it came to. */
function resultText({ result, unknown, why, configured, found }: PreflightRow): string {
  switch (result) {
    case 'ok':
      return 'ok';
    case 'missing':
      return 'REFUSED';
    case 'failed':
      return `FAILED: ${unknown?.text ?? 'no reason given'}`;
    case 'differs':
      return `DIFFERS: configured ${configured}, found ${found || 'none'}`;
    case 'not-tried':
      return why ? whys[why] : 'not tried';
  }
}

/** What it means at 3 am; nothing for what is well. */
function meaning(row: PreflightRow): string {
  if (!isFault(row)) return '';
  if (isComparison(row.check)) return meanings[row.check];
  if (row.result === 'differs') return meanings.switch;
  return roles[row.by] ?? '';
}

/** The exact right or setting that is missing. Only what AWS refused for want of a right is called so. */
function missing({ result, right, resource, check, on, unknown }: PreflightRow): string {
  if (result === 'missing') return `Missing: ${right}${resource ? ` on ${resource}` : ''}`;
  if (result === 'differs') return mends[check] ?? '';
  if (result === 'failed' && unknown?.cause === 'missing' && check === 'ssm:GetParameter')
    return on === 'switch' ? 'the SSM parameter of the switch, with the value on' : `the SSM parameter ${on}`;
  if (result !== 'failed' || check !== 'address' || !on) return '';
  // Something answers there: the network is not what is wrong.
  return unknown && answered.has(unknown.cause)
    ? `what ${on} should answer: perhaps it is another address`
    : `a way from the function to ${on}`;
}

const answered: ReadonlySet<UnknownCause> = new Set(['http-status', 'malformed']);

const preflightHead = ['Check', 'Result', 'At 3 am', 'What is missing'] as const;

/** A row of the table: check, result, what it means at 3 am, the exact right or setting that is missing. */
export const preflightCells = (row: PreflightRow): string[] => [
  checkLabel(row),
  resultText(row),
  meaning(row),
  missing(row),
];

/** The rows as cells, below their head. */
export const preflightRows = (rows: readonly PreflightRow[]): (readonly string[])[] => [
  preflightHead,
  ...rows.map(preflightCells),
];

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What is missing; of a difference also what differs, because the mend alone does not name it. */
const inShort = (row: PreflightRow): string => {
  const mend = missing(row);
  if (row.result === 'differs' && mend) return `${resultText(row)} (${mend})`;
  return mend || resultText(row);
};

/** All in one line. */
export function preflightSummary(rows: readonly PreflightRow[]): string {
  const count = (of: PreflightRow['result']) => rows.filter(({ result }) => result === of).length;
  const said = [
    `${count('ok')} ok`,
    ...(count('missing') > 0 ? [`${counted(count('missing'), 'right')} missing`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('differs') > 0
      ? [`${counted(count('differs'), 'setting')} ${count('differs') === 1 ? 'differs' : 'differ'}`]
      : []),
    `${count('not-tried')} not tried`,
  ];
  const first = rows
    .filter(isFault)
    .slice(0, 5)
    .map((row) => `${checkLabel(row)}: ${inShort(row)}`);
  return [said.join(', '), ...first].join('; ').slice(0, 1000);
}

/** The notice of a preflight that found something. */
export function preflightNotice({ environment, rows, summary, execution }: PreflightReport) {
  const faults = rows.filter(isFault);
  return {
    subject: `[${environment}] Preflight: ${faults.length} of ${rows.length} checks failed`.slice(0, 99),
    text: [
      `An incident in ${environment} would not go as planned. Nothing was changed.`,
      summary.split(';')[0],
      '',
      ...faults.slice(0, 40).flatMap((row) => {
        const [check, result, at3, what] = preflightCells(row);
        return [`- ${check}: ${result}`, ...[at3, what].filter(Boolean).map((line) => `    ${line}`)];
      }),
      ...(faults.length > 40 ? [`… and ${faults.length - 40} more: see the execution`] : []),
      '',
      `Execution ${execution}`,
    ].join('\n'),
  };
}

/** The notice of a preflight that did not come through itself. */
export const unprovedNotice = (environment: string, error: string, execution: string) => ({
  subject: `[${environment}] Preflight did not come through`,
  text: [
    `Nobody knows whether an incident in ${environment} would go as planned: the preflight itself failed (${errorInWords(error)}).`,
    'Nothing was changed. Its states say where it ended; start it again when that is mended.',
    '',
    `Execution ${execution}`,
  ].join('\n'),
});

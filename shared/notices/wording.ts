import * as v from 'valibot';
import type { Config } from '../config/schema.ts';
import { oneLine } from '../core/plain-text.ts';
import { tryParse } from '../core/schema.ts';
import type { Assessment } from '../document/assessment.ts';
import type { AutoscalingPlan } from '../document/autoscaling.ts';
import type { CachePlan } from '../document/cache-relief.ts';
import type { Changes } from '../document/changes.ts';
import type { Step } from '../document/document.ts';
import type { Incident } from '../document/incident.ts';
import type { Approval, Outcome } from '../document/outcome.ts';
import type { Plan } from '../document/plan.ts';
import { isInForce, type PoolsRelief } from '../document/pool-settings.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import type { ServersRead } from '../document/servers-read.ts';
import type { Verification } from '../document/verification.ts';
import type { Line } from '../format/advice.ts';
import { reliefRows, stakesTexts } from '../format/cache/relief.ts';
import { type ChangeRow, changeRows, writtenRows } from '../format/changes.ts';
import { exceptFor } from '../format/differences.ts';
import { errorInWords } from '../format/errors.ts';
import { failureReason } from '../format/failure.ts';
import { because, textsOf } from '../format/reasons.ts';
import { moment, textTable } from '../format/text.ts';

export const noticeKinds = [
  'started',
  'planned',
  'pools-raised',
  'scaled',
  'verified',
  'waiting-for-approval',
  'approval-due',
  'rejected',
  'expired',
  'still-scaled-out',
  'restored',
  'held',
  'failed',
  'rolled-back',
  'escalated',
  'configured',
  'relieved',
  'preflight',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** What a notice may speak of; a run that failed early has little. */
export interface NoticeDocument {
  request: Request;
  incident?: Incident | undefined;
  assessment?: Assessment | undefined;
  plan?: Plan | undefined;
  pools?: ServersRead | undefined;
  relief?: PoolsRelief | undefined;
  cache?: ServersRead | undefined;
  cachePlan?: CachePlan | undefined;
  change?: Changes | undefined;
  step?: Pick<Step, 'to' | 'wrote'> | undefined;
  verification?: Verification | undefined;
  approval?: Approval | undefined;
  outcome?: Outcome | undefined;
  failure?: { Error: string; Cause: string } | undefined;
  autoscaling?: AutoscalingPlan | undefined;
  /** What became of the earlier notices of this run. */
  notices?: Record<string, unknown> | undefined;
}

export interface Notice {
  /** ASCII, one line, under 100 characters: what SNS accepts as a subject. */
  subject: string;
  text: string;
}

const headlines: Record<NoticeKind, string> = {
  started: 'emergency run started',
  planned: 'about to scale out',
  'pools-raised': 'pools raised',
  scaled: 'scaled out, now verifying',
  verified: 'recovered; waiting for calm',
  'waiting-for-approval': 'scale-in waits for approval',
  'approval-due': 'approval not decided, about to expire',
  rejected: 'scale-in rejected, stays scaled out',
  expired: 'nobody decided, STAYS SCALED OUT',
  restored: 'restored to normal',
  'still-scaled-out': 'still scaled out',
  held: 'HELD: needs a person',
  failed: 'FAILED: needs a person',
  'rolled-back': 'the rollback is done',
  escalated: 'ESCALATED: needs a person now',
  configured: 'autoscaling configured',
  relieved: 'the cache is relieved',
  preflight: 'not ready for an incident',
};

/** Where a relief of the cache is told otherwise than a way back. */
const cacheHeadlines: Partial<Record<NoticeKind, string>> = {
  'waiting-for-approval': 'a relief of the cache waits for approval',
  rejected: 'the relief of the cache is rejected, nothing of it is done',
  expired: 'nobody decided, THE CACHE IS NOT RELIEVED',
};

/** A notice in words: what happened, why, what changed and what comes next. Pure. */
export function noticeOf(kind: NoticeKind, document: NoticeDocument, config: Config): Notice {
  const { request, incident, plan, assessment } = document;
  const headline = headlineOf(kind, document);
  const subject = ascii(`[${request.environment}] ${request.service}: ${headline}`);
  const changes = rowsFor(kind, document);
  const urgent = kind === 'held' || kind === 'escalated' || kind === 'failed' || kind === 'expired';
  const stays = kind === 'held' || kind === 'expired' || kind === 'rejected';
  const lines = [
    `${request.service} in ${request.environment}: ${headline}.`,
    `Asked for by ${oneLine(request.requestedBy)}${request.alert ? ` (${request.alert})` : ''}.`,
    ...reasonsFor(kind, document).map(({ text }) => `- ${oneLine(text)}`),
    ...causeOf(assessment),
    ...(changes.length > 0
      ? [
          '',
          textTable([['Setting', 'before', 'after'], ...changes.map((row) => [row.label, row.from, row.to])]),
        ]
      : []),
    '',
    ...(urgent
      ? [
          `Primary on-call: ${config.contacts.primaryOnCall}. DevOps lead: ${config.contacts.devOpsLead}. ${config.contacts.infrastructure}`,
        ]
      : []),
    ...(stays ? [wayOn(document)] : []),
    ...(plan?.action === 'relieve-pool' || isForPools(request) ? poolRelief(document, config) : []),
    ...poolsTuned(document),
    ...cacheSaid(document, config),
    ...cacheRelief(document, kind),
    ...undelivered(document.notices),
    `Incident ${incident?.id ?? 'none'}; execution ${request.execution.arn}`,
  ];
  return { subject, text: lines.join('\n') };
}

/** Whether a run is about the pools and nothing else; it makes no plan. */
const isForPools = ({ machine }: Request): boolean => machine === 'pgbouncer-emergency';

/** These tell what is intended; every other one tells what was written, whatever was planned. */
const intends: ReadonlySet<NoticeKind> = new Set([
  'started',
  'planned',
  'waiting-for-approval',
  'approval-due',
]);

function rowsFor(kind: NoticeKind, document: NoticeDocument): ChangeRow[] {
  const { request, plan, cachePlan, autoscaling } = document;
  if (request.machine === 'redis-emergency')
    return intends.has(kind) && cachePlan?.action === 'relieve' ? reliefRows(cachePlan.relief) : [];
  if (intends.has(kind) || request.dryRun) return plan ? changeRows(plan) : (autoscaling?.changes ?? []);
  if (plan || isForPools(request)) return writtenRows(document);
  return kind === 'configured' ? (autoscaling?.changes ?? []) : [];
}

function causeOf(assessment: Assessment | undefined): string[] {
  const { name, evidence } = assessment?.cause ?? { name: 'unclear', evidence: [] };
  if (name === 'unclear') return [];
  return [`Most probable cause: ${name}${evidence.length > 0 ? ` (${textsOf(evidence).join('; ')})` : ''}`];
}

/** The subject tells the numbers where there are any: many read no further. */
function headlineOf(kind: NoticeKind, { plan, request, outcome }: NoticeDocument): string {
  const except = exceptFor(outcome?.differences ?? []);
  if (kind === 'restored' && except) return `restored, except ${except}`;
  if (kind === 'started' && request.alert) return `${request.alert}: ${headlines.started}`;
  if (kind === 'planned' && plan?.desired)
    return `scaling out from ${plan.desired.from} to ${plan.desired.to} tasks`;
  return (request.machine === 'redis-emergency' ? cacheHeadlines[kind] : undefined) ?? headlines[kind];
}

/** What to do about a run that stopped. */
function wayOn({ request: { machine, environment, service }, change }: NoticeDocument): string {
  const input = `{"environment": "${environment}", "service": "${service}"}`;
  // The last write of a way back: what was raised is given back, whatever the check after it says.
  if (machine === 'scale-in' && change?.suspended)
    return `The settings were given back as shown. To have them checked again: start scale-in with ${input}.`;
  if (machine === 'pgbouncer-emergency')
    return `What was set in PgBouncer stays until scale-in gives it back. To have the pools looked at again: start pgbouncer-emergency with ${input}.`;
  if (machine === 'redis-emergency')
    return `To go on: start redis-emergency again with ${input}; it looks at the cache anew and asks before it does anything.`;
  return machine === 'configure-autoscaling'
    ? `Capacity stays as it is. To go on: start configure-autoscaling again with ${input}; it writes only what still differs.`
    : `Capacity stays as it is. To go back to normal later: start scale-in with ${input}.`;
}

/** Signs of the texts that have a spelling in ASCII. */
const spelled: Readonly<Record<string, string>> = { '→': 'to', '–': '-', '×': 'x', '…': '...', '·': '-' };
const longest = 99;

/** What SNS takes as a subject: printable ASCII, one line, under 100 characters. */
export function ascii(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, (sign) => spelled[sign] ?? '?');
  return plain.length > longest ? `${plain.slice(0, longest - 3)}...` : plain;
}

/** Earlier notices that a channel did not take: said in the next one, so that no failure is silent. */
function undelivered(notices: Record<string, unknown> = {}): string[] {
  return Object.entries(notices).flatMap(([kind, value]) => {
    const failure = tryParse(Undelivered, value);
    if (!failure) return [];
    if ('Error' in failure)
      return [`The notice "${kind}" could not be sent: ${errorInWords(failure.Error)}.`];
    return failure.failed.map(
      ({ channel, error }) => `The notice "${kind}" did not reach ${channel}: ${oneLine(error)}.`,
    );
  });
}

const Undelivered = v.union([
  v.object({ failed: v.array(v.object({ channel: v.string(), error: v.string() })) }),
  v.object({ Error: v.string() }),
]);

function reasonsFor(kind: NoticeKind, document: NoticeDocument): Reason[] {
  const { failure, outcome, verification, plan, cachePlan, request, incident } = document;
  if (failure) return [failureReason(failure)];
  if (outcome) return outcome.reasons;
  if (incident?.status === 'busy' || incident?.status === 'capped') return incident.reasons;
  if (incident?.escalate && request.alert)
    return [because('alert-asks-for-person', { alert: request.alert }), ...incident.reasons];
  if (kind === 'verified' || kind === 'restored' || kind === 'still-scaled-out')
    return verification?.reasons ?? [];
  // Why was said with the plan.
  if (kind === 'scaled' && plan?.desired) return [because('all-written', { tasks: plan.desired.to })];
  return plan?.reasons ?? cachePlan?.reasons ?? request.reasons;
}

/**
 * The runbook's PgBouncer Emergency Adjustments, as the admin console takes them without a restart: what the pools themselves
 * say, or the configured sizes where nobody could ask them.
 */
function poolRelief({ request, pools, change }: NoticeDocument, config: Config): string[] {
  // What was set already is nothing to type.
  if (pools && pools.findings.length > 0) return saidBy('the pools', pools, change?.pools?.changed);
  const { topology, emergency: sizes } = config.services[request.service]?.pgbouncer ?? {};
  if (!sizes) return [];
  if (topology === 'sidecar') return [besideTasks];
  return [
    'The pools were not asked. Where PostgreSQL has free slots and no transaction hangs, relieve the pool in the PgBouncer admin console (no restart, so no client is dropped):',
    `  SET default_pool_size = ${sizes.defaultPoolSize}; SET reserve_pool_size = ${sizes.reservePoolSize}; SET max_client_conn = ${sizes.maxClientConn};`,
  ];
}

const besideTasks =
  'PostgreSQL was not asked. PgBouncer runs beside each task: a larger pool belongs into pgbouncer.ini of the task definition, and takes a deployment.';

/** The runbook's Redis Cache Emergency: what the cache itself says, where a dependency is in the way. */
const cacheSaid = ({ request, plan, cache, cachePlan }: NoticeDocument, config: Config): string[] => {
  const forPerson = request.machine === 'redis-emergency' && cachePlan?.action !== 'relieve';
  const failed = plan?.reasons.some(({ code }) => code === 'dependency-failed');
  return cache && cache.findings.length > 0 && (failed || forPerson)
    ? [...saidBy('the cache', cache), ...relievedBy(request, cache, config)]
    : [];
};

/** Where a run may relieve what is wrong, a person only has to start it. */
function relievedBy(
  { machine, environment, service }: Request,
  { findings }: ServersRead,
  config: Config,
): string[] {
  const { reliefSecret } = config.services[service]?.cache ?? {};
  const isFull = findings.some(({ code }) => code === 'full');
  if (machine === 'redis-emergency' || reliefSecret === undefined || !isFull) return [];
  const input = JSON.stringify({ environment, service });
  return [
    `Or start redis-emergency with ${input}: it asks for an approval first, and waits for no other run.`,
  ];
}

/** What an approver sees, too; and what has to be given back, with the line for it. */
function cacheRelief({ request, cachePlan, change }: NoticeDocument, kind: NoticeKind): string[] {
  if (request.machine !== 'redis-emergency') return [];
  const asked = intends.has(kind) && cachePlan?.action === 'relieve' ? stakesTexts(cachePlan) : [];
  const set = change?.cache?.done.some(({ code, worked }) => code === 'policy' && worked);
  const input = JSON.stringify({ environment: request.environment, service: request.service, restore: true });
  return [
    ...asked.map((text) => `- ${text}`),
    ...(set
      ? [
          `The policy stays until it is given back or the server starts again. To give it back, once the cache has room: start redis-emergency with ${input}.`,
        ]
      : []),
  ];
}

/** What servers said of themselves, and when: it may have changed since. */
const saidBy = (who: string, { at, findings }: ServersRead, isDone = false): string[] => [
  `What ${who} said at ${moment(at)}:`,
  ...findings.flatMap(({ text, lines }) => [`- ${text}`, ...(isDone ? [] : lines.map(indented))]),
];

/** Beside the table of what was set in PgBouncer: what was not, and why; whether a raise has helped; and how long it lasts. */
function poolsTuned({ change, relief }: NoticeDocument): string[] {
  const { mode, changed, outcomes = [] } = change?.pools ?? {};
  const open = outcomes.filter((outcome) => !isInForce(outcome));
  return [
    ...open.map(({ text }) => `- ${text}`),
    // It was so then: a later notice of the run says it, too.
    ...(relief && mode !== undefined && mode !== 'restore'
      ? [`The pools were raised; looked at ${moment(relief.at)}: ${relief.text}`]
      : []),
    ...(mode === 'raise' && changed ? [lasts] : []),
  ];
}

const lasts =
  'What is set in PgBouncer is given back with the scale-in; a RELOAD or a restart loses it before. What shall last belongs into pgbouncer.ini.';

const indented = (line: Line): string => ('say' in line ? `  ${line.say}` : `    ${line.type}`);

import * as v from 'valibot';
import type { Config } from '../config/schema.ts';
import { toldEnds } from '../core/errors.ts';
import { oneLine } from '../core/plain-text.ts';
import { parse } from '../core/schema.ts';
import { machines } from '../document/request.ts';
import { errorInWords, messageOf } from '../format/errors.ts';
import { textsOf } from '../format/reasons.ts';
import { duration } from '../format/text.ts';
import { ServiceRecord, serviceKey } from '../incident/service-record.ts';
import { isTypedByPerson } from '../intake/run-service.ts';
import type { RecordStore } from '../store/record-store.ts';
import { leftOutWhereContested, updateRecord } from '../store/update-record.ts';
import type { NoticeSubject } from './channel.ts';
import type { Notice } from './wording.ts';

/** "Step Functions Execution Status Change"; only what the watcher reads. Source: Step Functions developer guide. */
export const EndedExecution = v.object({
  'detail-type': v.literal('Step Functions Execution Status Change'),
  detail: v.object({
    executionArn: v.string(),
    name: v.string(),
    /** JSON; left out where it is too large. */
    input: v.nullish(v.string()),
    status: v.picklist(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']),
    error: v.nullish(v.string()),
    cause: v.nullish(v.string()),
  }),
});
export type EndedExecution = v.InferOutput<typeof EndedExecution>;

/** EventBridge's hourly tick. */
export const Tick = v.object({ 'detail-type': v.literal('Scheduled Event') });

const toldAlready: ReadonlySet<string> = new Set(toldEnds);

/**
 * Whether nobody has heard of this end yet: stopped by a person, timed out, or failed in a way that has no state. Whoever
 * typed a faulty input sees its refusal; it has touched nothing.
 */
export function isUntold({ detail }: EndedExecution): boolean {
  if (detail.error === 'InvalidInputError' && isTypedByPerson(detail.input)) return false;
  if (detail.status === 'ABORTED' || detail.status === 'TIMED_OUT') return true;
  return detail.status === 'FAILED' && !toldAlready.has(detail.error ?? '');
}

/** A configured service with its record, if it has one. */
export interface WatchedService {
  name: string;
  record: ServiceRecord | undefined;
  /** Whether the run that last took its lock is under way; absent where that could not be read. */
  running?: boolean | undefined;
}

/** The records of every configured service. */
export async function watchedServices(config: Config, store: RecordStore): Promise<WatchedService[]> {
  return Promise.all(
    Object.entries(config.services).map(async ([name, { cluster }]) => {
      const stored = await store.read(serviceKey(cluster, name));
      return { name, record: stored && parse(ServiceRecord, stored.body) };
    }),
  );
}

/** What a notice about a service's last run is about, or about a run whose service is not known. */
export function subjectOfLastRun(
  watched: WatchedService | undefined,
  arn: string,
  config: Config,
): NoticeSubject {
  const record = watched?.record;
  return {
    environment: config.environment,
    ...(watched ? { service: watched.name } : {}),
    occasion: record?.machine ?? machineOf(arn),
    ...(record ? { incidentId: record.incidentId } : {}),
    execution: arn,
    reasons: [],
  };
}

const machineOf = (arn: string) =>
  machines.find((machine) => arn.includes(`-${machine}:`)) ?? 'emergency-scaling';

/**
 * What a person needs at three in the morning when a run died: what stays, and the exact input to go on, where it is
 * known which service the run was about. Pure.
 */
export function endedNotice(
  event: EndedExecution,
  watched: WatchedService | undefined,
  config: Config,
): Notice {
  const { executionArn, status, error, cause } = event.detail;
  const record = watched?.record;
  const about = watched ? `${watched.name}: ` : '';
  return {
    subject: `[${config.environment}] ${about}a run ended ${status} and did not say why`.slice(0, 99),
    text: [
      `The execution ${executionArn} ended with ${status}${error ? ` (${errorInWords(error)})` : ''}.`,
      ...(cause ? [`Cause: ${oneLine(messageOf(cause)).slice(0, 500)}`] : []),
      ...(record?.owner === executionArn ? outcomeOf(record) : []),
      '',
      ...(watched
        ? standOf(executionArn, watched, config)
        : ['Which service it was about is not known: its input names none that is configured here.']),
      '',
      `Primary on-call: ${config.contacts.primaryOnCall}. DevOps lead: ${config.contacts.devOpsLead}.`,
      `Incident ${record?.incidentId ?? 'none'}`,
    ].join('\n'),
  };
}

/** What is true of the service now that this run has ended: another one may have taken over, or held it all the time. */
function standOf(arn: string, watched: WatchedService, config: Config): string[] {
  const { name, record, running } = watched;
  // Its lock is another one: what runs for the service says nothing of it.
  if (machineOf(arn) === 'redis-emergency') return goingOn(arn, watched, config);
  if (record && record.owner !== arn && running)
    return [`Another run handles ${name} and goes on: ${record.owner}`];
  const own = record === undefined || record.owner === arn;
  const held = record?.owner === arn ? 'Capacity stays as it is' : `It did not hold ${name} when it ended`;
  const now =
    own || running === false ? 'no run writes to the service now' : 'whether another run does is not known';
  return [`${held}; ${now}.`, ...goingOn(arn, watched, config)];
}

function goingOn(arn: string, { name, record }: WatchedService, { environment }: Config): string[] {
  const input = JSON.stringify({ environment, service: name });
  if (machineOf(arn) === 'redis-emergency')
    return [
      `What it did to the cache stays as it is. Start redis-emergency again with ${input}: it looks at the cache anew, and asks before it does anything.`,
    ];
  return machineOf(arn) === 'configure-autoscaling'
    ? [`Start configure-autoscaling again with ${input}: it writes only what still differs.`]
    : waysOn(record, input, record?.owner === arn);
}

/** What a run that could not tell it has written down. */
const outcomeOf = ({ outcome, outcomeReasons = [] }: ServiceRecord): string[] =>
  outcome ? [`It has recorded: ${[outcome, ...textsOf(outcomeReasons)].join('; ').slice(0, 500)}`] : [];

function waysOn(record: ServiceRecord | undefined, input: string, own: boolean): string[] {
  const restorable = record?.incidentOpen === true && record.snapshotStored;
  return [
    restorable
      ? `Settings that ${own ? 'it' : `incident ${record.incidentId}`} raised are not given back yet. To go back to normal, start scale-in with ${input}`
      : 'No setting has to be given back.',
    `If the service still suffers, start emergency-scaling with ${input}`,
  ];
}

/** How many whole periods a service has been scaled out without a run; 0 while that is fine. Pure. */
export function idlePeriods(record: ServiceRecord | undefined, now: Date, config: Config): number {
  if (!record?.incidentOpen || !record.snapshotStored) return 0;
  const hours = (now.getTime() - Date.parse(record.lockedAt)) / 3_600_000;
  return Math.floor(hours / config.notices.stillScaledOutHours);
}

/** The reminder that a service is still scaled out and that no run handles it. Pure. */
export function idleNotice({ name, record }: WatchedService, now: Date, config: Config): Notice {
  const since = duration((now.getTime() - Date.parse(record?.lockedAt ?? now.toISOString())) / 1000);
  const input = JSON.stringify({ environment: config.environment, service: name });
  return {
    subject: `[${config.environment}] ${name}: still scaled out for ${since}, and no run handles it`.slice(
      0,
      99,
    ),
    text: [
      `${name} in ${config.environment} is still scaled out. The last run ended ${record?.outcome ?? 'without an outcome'}.`,
      ...textsOf(record?.outcomeReasons ?? []).map((text) => `- ${text}`),
      `To go back to normal, start scale-in with ${input}`,
      `Incident ${record?.incidentId}`,
    ].join('\n'),
  };
}

/**
 * Notes that a period was mentioned, so that each is mentioned once. Resolves to whether this call was the first; not
 * where others write to the record without end: the next tick asks again. `mentionedBy` is another at each call, because
 * EventBridge may deliver a tick twice at once, and the store takes an equal body for a repetition of the same write.
 */
export async function claimMention(
  { name, record }: WatchedService,
  periods: number,
  mentionedBy: string,
  config: Config,
  store: RecordStore,
): Promise<boolean> {
  const key = serviceKey(config.services[name]?.cluster ?? '', name);
  const claim = updateRecord(store, { key, schema: ServiceRecord }, (present) =>
    !present || present.lockNumber !== record?.lockNumber || (present.mentioned ?? 0) >= periods
      ? {}
      : { record: { ...present, mentioned: periods, mentionedBy } },
  );
  return (await claim.catch(leftOutWhereContested)).record !== undefined;
}

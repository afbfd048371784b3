import type { Execution } from '../../sandbox/engine/history/execution.ts';
import { serviceKey } from '../../shared/incident/service-record.ts';
import type { SettingName } from '../cast/people.ts';
import { numberAt, sameValue, textAt, valueAt } from '../facts/values.ts';
import type { Invocation, ObservedWrite, Recording } from '../record/recording.ts';

/** What a checker found, and how often it had something to check. */
export interface Checked {
  live: number;
  findings: string[];
}

/** One invariant of the product, as a pure function of what a run left behind. */
export interface Checker {
  /** Number and name as in the list of invariants in `docs/`. */
  name: string;
  check(recording: Recording): Checked;
}

/** Checks each item; `faultOf` says what is wrong with it. */
export function each<T>(
  items: readonly T[],
  faultOf: (item: T, index: number) => string | undefined,
): Checked {
  return { live: items.length, findings: items.flatMap((item, index) => faultOf(item, index) ?? []) };
}

export function together(...parts: readonly Checked[]): Checked {
  return {
    live: parts.reduce((sum, part) => sum + part.live, 0),
    findings: parts.flatMap(({ findings }) => findings),
  };
}

/** Whether AWS shows old answers for a while: who is shown one cannot know better. */
export const showsOldAnswers = ({ incident: { faults } }: Pick<Recording, 'incident'>): boolean =>
  faults.some(({ kind }) => kind === 'stale' || kind === 'lag');

/** Whether somebody deletes the record of the lock: its numbers begin anew, and what it knew is lost. */
export const losesRecord = ({ incident: { faults } }: Pick<Recording, 'incident'>): boolean =>
  faults.some(({ kind }) => kind === 'record-lost');

/** A write that a function of the product caused, be it by Application Auto Scaling's clamp. */
export interface ProductWrite extends ObservedWrite {
  invocation: Invocation;
}

export const productWrites = ({ writes }: Pick<Recording, 'writes'>): ProductWrite[] =>
  writes.flatMap((write) => (write.invocation ? [{ ...write, invocation: write.invocation }] : []));

/** ECS shows old counts, and by the clock of who looks what autoscaling asked for just now is long past. */
const isBlind = (recording: Recording): boolean =>
  showsOldAnswers(recording) &&
  recording.incident.faults.some(
    (fault) => fault.kind === 'clock' && fault.function === 'assess' && fault.offsetSeconds > 0,
  );

/**
 * Product writes that lower the desired count from what the writing function had read. A count that registering a target
 * moves into its bounds is moved from where it is.
 */
export const decreases = (recording: Recording): ProductWrite[] =>
  productWrites(recording).filter((write) => {
    if (write.invocation.function === 'scale-out' && isBlind(recording)) return false;
    const clamped = write.who === 'application-autoscaling';
    const before = clamped ? numberAt(write.from, 'desired') : numberSeen(recording, write, 'desired');
    return (numberAt(write.to, 'desired') ?? Infinity) < (before ?? -Infinity);
  });

/** The read that shows a setting. */
export const readOf: Record<SettingName, string> = {
  desired: 'ecs:DescribeServices',
  taskDefinition: 'ecs:DescribeServices',
  min: 'application-autoscaling:DescribeScalableTargets',
  max: 'application-autoscaling:DescribeScalableTargets',
  suspended: 'application-autoscaling:DescribeScalableTargets',
  policies: 'application-autoscaling:DescribeScalingPolicies',
};

/**
 * The settings of a write as the writing function had read this one of them. What somebody else sets between that read and
 * the write nobody can know, as a write has no condition; nor what ECS does not show yet. Source: ECS API, UpdateService;
 * Application Auto Scaling API, RegisterScalableTarget.
 */
export function asSeen(
  { writes, incident }: Recording,
  { invocation, issuedAt, to, from }: ProductWrite,
  setting: SettingName,
): ObservedWrite['from'] {
  const read = invocation.operations.findLast(({ name, at }) => name === readOf[setting] && at <= issuedAt);
  const shownAt = read && read.at - (readOf[setting] === readOf.desired ? lagOf(incident) : 0);
  const before = writes.slice(
    0,
    writes.findIndex((write) => write.to === to),
  );
  // Within one moment: what stands before a write of an earlier step of the execution was there when this one read.
  const stepBefore = before.findLastIndex(
    ({ invocation: by }) => by && by.execution === invocation.execution && by.id < invocation.id,
  );
  const unseen = (lagOf(incident) > 0 ? before : before.slice(stepBefore + 1)).find(
    (write) => shownAt !== undefined && write.at >= shownAt && !write.invocation && setting in write.to,
  );
  return unseen?.from ?? from;
}

/** How long after a write ECS shows it, milliseconds. */
const lagOf = ({ faults }: Recording['incident']): number =>
  Math.max(0, ...faults.map((fault) => (fault.kind === 'lag' ? fault.seconds * 1000 : 0)));

/** A setting that is a number, as the writing function had read it. */
export const numberSeen = (
  recording: Recording,
  write: ProductWrite,
  setting: 'desired' | 'min' | 'max',
): number | undefined => numberAt(asSeen(recording, write, setting), setting);

/** The document that a function was called with. */
export const documentOf = ({ event }: Invocation): unknown => valueAt(event, 'document');
export const lockNumberOf = (invocation: Invocation) =>
  numberAt(documentOf(invocation), 'incident', 'lockNumber');
export const planOf = (invocation: Invocation) => valueAt(documentOf(invocation), 'plan');

export const executionOf = (recording: Recording, arn: string | undefined): Execution | undefined =>
  recording.executions.find((execution) => execution.arn === arn);

export const machineOf = (recording: Recording, { execution }: Invocation) =>
  executionOf(recording, execution)?.machine;

export const lockKeyOf = ({ service }: Recording) => serviceKey(service.cluster, service.service);

/** `17:08:01 scale-in ecs:UpdateService desired 8 → 6`: a write, for a finding. */
export function told(write: ObservedWrite): string {
  const who = write.invocation?.function ?? write.who;
  const names = Object.keys(write.to).map((name) => {
    const [from, to] = differing(write.from[name], write.to[name]);
    return `${name} ${JSON.stringify(from)} → ${JSON.stringify(to)}`;
  });
  return `${clock(write.at)} ${who} ${write.call.split(':')[1]} ${names.join(', ')}`;
}

/** Of two lists of policies or sets of flags only what differs. */
function differing(from: unknown, to: unknown): [unknown, unknown] {
  const [a, b] = [firstOf(from), firstOf(to)];
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return [from, to];
  const changed = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (key) => !sameValue(valueAt(a, key), valueAt(b, key)),
  );
  const only = (value: object) => Object.fromEntries(changed.map((key) => [key, valueAt(value, key)]));
  return [only(a), only(b)];
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

export const clock = (at: number) => new Date(at).toISOString().slice(11, 19);

/** Names of the states that an execution entered, in order. */
export const statesOf = ({ history }: Execution): string[] =>
  history.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);

export const kindOf = ({ event }: Invocation) => textAt(event, 'kind');

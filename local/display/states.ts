import { metricNames } from '../../shared/config/metric-catalogue.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { Assessment } from '../../shared/document/assessment.ts';
import type { Plan } from '../../shared/document/plan.ts';
import type { PreflightReport } from '../../shared/document/preflight.ts';
import type { Reason } from '../../shared/document/reason.ts';
import type { Verification } from '../../shared/document/verification.ts';
import { reliefRows } from '../../shared/format/cache/relief.ts';
import { type Failure, failureReason } from '../../shared/format/failure.ts';
import { metricLabel, metricValue } from '../../shared/format/metrics.ts';
import { isFault, preflightCells } from '../../shared/format/preflight.ts';
import { textsOf } from '../../shared/format/reasons.ts';
import { duration } from '../../shared/format/text.ts';
import type { RunDocument } from './document.ts';
import type { Line } from './lines.ts';

/** What a state has to say for itself when it is left; undefined when it brought no news. */
export type Saying = Pick<Line, 'text' | 'details' | 'tone'> | undefined;

/** What was said before in the same execution: a polling loop repeats itself only when something changed. */
export type Said = Map<string, string>;

/** The words of one state, by the function that it runs. `writes` are the changes that the function made on the wire. */
export function sayingOf(
  work: string,
  document: RunDocument,
  writes: readonly string[],
  { config, said }: { config: Config; said: Said },
): Saying {
  const { assessment, plan, verification, approval, rollback } = document;
  const once = (saying: Saying, signature: string) => {
    if (said.get(work) === signature) return undefined;
    said.set(work, signature);
    return saying;
  };
  switch (work) {
    case 'assess':
      return assessment && once(assessmentSaying(assessment), causeSignature(assessment));
    case 'plan':
      return plan && once(planSaying(plan), plan.hash + plan.action);
    case 'take-snapshot':
      return once(plain('every setting as it is before the first write'), 'taken');
    case 'wait-verify':
      return (
        verification &&
        once(verificationSaying(verification, !said.has(work), config), signatureOf(verification))
      );
    case 'request-approval':
      return approval && { ...plain(`approved by ${approval.by}`, [approval.reason]), tone: 'good' };
    case 'read-pools':
      return poolsSaying(document, said);
    case 'tune-pools':
      return tuningSaying(document);
    case 'check-redis':
      return serversSaying(document.cache);
    case 'relieve-redis':
      return reliefSaying(document);
    case 'read-autoscaling':
      return autoscalingSaying(document);
    case 'preflight':
      return document.report && preflightSaying(document.report);
    case 'rollback':
      return rollback && plain([rollback.action, ...writes].join(', '), textsOf(rollback.reasons));
    default:
      return writes.length > 0 ? plain(writes.join(', ')) : undefined;
  }
}

/** What a state says that failed and was caught; a rejection is a person's answer, not a fault. */
export function failureSaying(failure: Failure): NonNullable<Saying> {
  return { ...plain(failureReason(failure).text), tone: 'bad' };
}

const plain = (text: string, details: readonly string[] = []) => ({
  text,
  details,
});

/** What a plan says; its changes are told by the states that make them, unless it is a dry run. */
function planSaying(plan: Plan): Saying {
  const counts = plan.desired ? `, ${plan.desired.from} → ${plan.desired.to} tasks` : '';
  const told = ({ code }: Reason) => !plan.dryRun && toldByWrites.has(code);
  const reasons = grouped(plan.reasons.filter((reason) => !told(reason)));
  return plain(`${plan.dryRun ? 'would ' : ''}${plan.action}${counts}`, reasons);
}

/** What servers say, where they could be asked: the first finding, what belongs to it, and the others. */
function serversSaying(read: RunDocument['pools']): Saying {
  const [first, ...others] = read?.findings ?? [];
  if (!first) return undefined;
  const sentences = first.lines.flatMap((line) => ('say' in line ? line.say : []));
  return plain(first.text, [...sentences, ...others.map(({ text }) => text)]);
}

/** What the pools say once; after a raise, whether it has helped. */
function poolsSaying({ pools, relief }: RunDocument, said: Said): Saying {
  const text = relief ? relief.text : JSON.stringify(pools?.findings.map(({ code }) => code));
  if (said.get('read-pools') === text) return undefined;
  said.set('read-pools', text);
  if (!relief) return serversSaying(pools);
  return { ...plain(relief.text), ...(relief.relief === 'relieved' ? { tone: 'good' } : {}) };
}

/** What became of each setting. */
function tuningSaying({ change }: RunDocument): Saying {
  const [first, ...others] = change?.pools?.outcomes ?? [];
  return (
    first &&
    plain(
      first.text,
      others.map(({ text }) => text),
    )
  );
}

/** What is to be done to the cache, or what was done last. */
function reliefSaying({ cachePlan, change }: RunDocument): Saying {
  const done = change?.cache;
  if (done && cachePlan && done.at > cachePlan.at) return plain(done.done.at(-1)?.text ?? done.next);
  if (!cachePlan) return undefined;
  const asked = cachePlan.action === 'relieve' ? reliefRows(cachePlan.relief) : [];
  const rows = asked.map(({ label, from, to }) => `${label}: ${from} → ${to}`);
  return plain(cachePlan.action === 'relieve' ? 'proposes' : cachePlan.action, [
    ...rows,
    ...textsOf(cachePlan.reasons),
  ]);
}

/** What is missing, and how much is well. */
function preflightSaying({ ready, rows, summary }: PreflightReport): Saying {
  const faults = rows.filter(isFault).map((row) => preflightCells(row).filter(Boolean).join(' · '));
  return { ...plain(summary.split(';')[0] ?? '', faults), tone: ready ? 'good' : 'bad' };
}

/** The first look says what differs and what follows; the second one, after the writes, whether all is there. */
function autoscalingSaying({ request, autoscaling, checked }: RunDocument): Saying {
  if (checked)
    return checked.action === 'none' ? undefined : plain('still differs', textsOf(checked.reasons));
  if (!autoscaling) return undefined;
  const { action, drift, reasons } = autoscaling;
  const differs = drift.map((one) => `differs from the configuration: ${one}`);
  const told = action === 'configure' && !request?.dryRun ? [] : textsOf(reasons);
  return plain(`${request?.dryRun ? 'would ' : ''}${action}`, [...differs, ...told]);
}

function assessmentSaying({ cause }: Assessment): Saying {
  if (cause.name === 'unclear' && cause.evidence.length === 0) return undefined;
  return plain(`most probable cause ${cause.name}`, textsOf(cause.evidence));
}

/** Readings of the same level share a line; what was concluded from them has its own. */
function grouped(reasons: readonly Reason[]): string[] {
  const groups = new Map<string, string[]>();
  const others: string[] = [];
  for (const reason of reasons) {
    const { level, said } = readingOf(reason) ?? {};
    if (level && said) groups.set(level, [...(groups.get(level) ?? []), said]);
    else others.push(reason.text);
  }
  return [...[...groups].map(([level, readings]) => `${level}: ${readings.join(', ')}`), ...others];
}

/** What the writes themselves tell. */
const toldByWrites = new Set(['bounds-raised', 'cpu-target', 'back-to-snapshot', 'back-to-baseline']);

/** A metric's value and level, where a reason says no more than that. */
function readingOf(reason: Reason): { level: string; said: string } | undefined {
  if (reason.code !== 'metric-critical' && reason.code !== 'metric-judged') return undefined;
  const metric = metricNames.find((name) => name === reason.metric);
  if (!metric || typeof reason.value !== 'number') return undefined;
  const level = reason.code === 'metric-critical' ? 'critical' : String(reason.level);
  return { level, said: `${metricLabel(metric)} ${metricValue(metric, reason.value)}` };
}

function verificationSaying(verification: Verification, first: boolean, config: Config): Saying {
  const { goal, state } = verification;
  const { reasons } = verification;
  if (goal === 'step' && state === 'reached') return undefined;
  if (state === 'waiting' && reasons.every(({ code }) => code === 'tasks-starting')) return undefined;
  const { calm } = config.timing;
  const patience = `waits until every metric but the request rate has been ok for ${duration(calm.forSeconds)}; looks every ${duration(calm.intervalSeconds)}`;
  const details = first && goal === 'calm' && state === 'waiting' ? [patience] : [];
  return { ...plain(states[state] + textsOf(reasons).join('; '), details), ...tones[state] };
}

const states: Record<Verification['state'], string> = {
  waiting: '',
  reached: 'reached; ',
  more: 'not enough, plans again; ',
  failed: 'FAILED; ',
  alarm: 'WORSE; ',
};
const tones: Record<Verification['state'], Pick<Line, 'tone'>> = {
  waiting: {},
  reached: { tone: 'good' },
  more: { tone: 'bad' },
  failed: { tone: 'bad' },
  alarm: { tone: 'bad' },
};

/** Numbers move with every poll; what matters is another sentence. */
const signatureOf = ({ goal, state, reasons }: Verification) => `${goal} ${state} ${codesOf(reasons)}`;

const causeSignature = ({ cause: { name, confidence, evidence, against } }: Assessment) =>
  `${name} ${confidence} ${codesOf(evidence)} ${codesOf(against)}`;

/** Which metric or setting a reason is about is news, its numbers are not. */
const codesOf = (reasons: readonly Reason[]) =>
  reasons.map(({ code, metric, setting }) => [code, metric, setting].join(' ')).join(';');

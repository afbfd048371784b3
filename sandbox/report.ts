import * as v from 'valibot';
import { keyOf } from '../shared/config/packaged.ts';
import { preflightEnd, type ToldEnd, toldEnds } from '../shared/core/errors.ts';
import { parse, tryParse } from '../shared/core/schema.ts';
import { Difference } from '../shared/document/difference.ts';
import { outcomes } from '../shared/document/outcome.ts';
import { Reason } from '../shared/document/reason.ts';
import { failureReason } from '../shared/format/failure.ts';
import { because } from '../shared/format/reasons.ts';
import { ServiceRecord, serviceKey } from '../shared/incident/service-record.ts';
import type { ServiceSettings } from './aws/wire.ts';
import type { Execution } from './engine/history/execution.ts';
import type { Sandbox } from './sandbox.ts';
import { type UndeliveredNotice, undeliveredNotices } from './undelivered-notices.ts';
import type { Watched } from './watched.ts';

export type OutcomeName = (typeof outcomes)[number] | 'ready' | 'not-ready';

/** The one JSON document of a simulation. Times are virtual, in ISO 8601; durations in seconds. */
export interface Report {
  outcome: OutcomeName;
  reasons: Reason[];
  /** Of a restore: what is not as before the incident, by whom and why. */
  differences: Difference[];
  service: { environment: string; name: string; cluster: string; service: string };
  play: string;
  before: ServiceSettings | null;
  peak: ServiceSettings | null;
  after: ServiceSettings;
  writes: {
    at: string;
    who: string;
    call: string;
    from: Record<string, unknown>;
    to: Record<string, unknown>;
  }[];
  executions: {
    name: string;
    stateMachine: string;
    status: string;
    start: string;
    end: string | null;
    error: string | null;
    states: string[];
  }[];
  approvals: ReportedApproval[];
  /** Notices that a channel did not take. */
  undelivered: UndeliveredNotice[];
  measures: {
    alarmToFirstWriteSeconds: number | null;
    alarmToEnoughTasksSeconds: number | null;
    secondsAboveLatencyThreshold: number;
    overProvisionedTaskSeconds: number;
    apiCalls: number;
    stateTransitions: number;
  };
  seed: number;
}

export interface ReportedApproval {
  execution: string;
  askedAt: string;
  planHash: string;
  decision: 'approved' | 'rejected' | 'expired' | 'open';
  by: string | null;
  at: string | null;
  reason: string | null;
}

/** What the incident came to, read from the executions, the wire's records and the world. */
export async function reportOf(
  sandbox: Sandbox,
  watched: Watched,
  { seed, play, delivered }: { seed: number; play: string; delivered: boolean },
): Promise<Report> {
  const { aws, engine, config, service, world } = sandbox;
  const { cluster, service: name } = service;
  const simulated = world.service(cluster, name);
  const measures = simulated?.measures(config.thresholds.latencyP99Seconds.critical);
  const first = aws.writes.find(
    (write) => write.at >= (watched.setOffAt ?? 0) && write.who !== 'application-autoscaling',
  );
  const since = (at: number | undefined) =>
    at === undefined || watched.setOffAt === undefined ? null : Math.round(at - watched.setOffAt) / 1000;
  return {
    ...(delivered
      ? await outcomeOf(sandbox)
      : {
          outcome: 'failed',
          reasons: [because('event-not-delivered')],
          differences: [],
        }),
    service: { environment: config.environment, name: keyOf(sandbox.service), cluster, service: name },
    play,
    before: watched.before ?? null,
    peak: watched.peak ?? null,
    after: aws.settings(cluster, name),
    writes: aws.writes.map(({ at, who, call, from, to }) => ({ at: iso(at), who, call, from, to })),
    executions: engine.executions.map((execution) => ({
      name: execution.name,
      stateMachine: execution.machine,
      status: execution.status,
      start: iso(execution.startDate),
      end: execution.stopDate === undefined ? null : iso(execution.stopDate),
      error: execution.error ?? null,
      states: statesOf(execution),
    })),
    approvals: engine.executions.flatMap(approvalsOf),
    undelivered: undeliveredNotices(sandbox),
    measures: {
      alarmToFirstWriteSeconds: since(first?.at),
      alarmToEnoughTasksSeconds: since(
        watched.setOffAt === undefined ? undefined : measures?.enoughTasksAt(watched.setOffAt),
      ),
      secondsAboveLatencyThreshold: measures?.secondsAboveLatencyThreshold ?? 0,
      overProvisionedTaskSeconds: measures?.overProvisionedTaskSeconds ?? 0,
      apiCalls: aws.calls.length,
      stateTransitions: engine.executions.reduce((sum, execution) => sum + execution.stateTransitions, 0),
    },
    seed,
  };
}

/** The states that an execution visited, in order. */
export function statesOf(execution: Execution): string[] {
  return execution.history.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
}

const iso = (at: number) => new Date(at).toISOString();

interface Ended {
  outcome: OutcomeName;
  reasons: Reason[];
  differences: Difference[];
}

/** The outcome of the incident: of its last run that was not merely joined or ignored. */
async function outcomeOf(sandbox: Sandbox): Promise<Ended> {
  const { engine, store, service } = sandbox;
  const ended = engine.executions.map((execution) => ({ execution, ...endOf(execution) }));
  // The dry run that a preflight may start says nothing of it.
  const preflight = ended.find(({ execution }) => execution.machine === 'preflight');
  if (preflight) return preflight;
  const rolledBack = ended.find(
    ({ execution, outcome }) => execution.machine === 'rollback' && outcome === 'rolled-back',
  );
  const main = ended.filter(({ outcome }) => outcome !== 'ignored' && outcome !== 'joined');
  const last = main
    .toSorted((a, b) => (a.execution.stopDate ?? Infinity) - (b.execution.stopDate ?? Infinity))
    .at(-1);
  if (!last) {
    const only = ended.at(-1);
    return only
      ? { outcome: only.outcome, reasons: only.reasons, differences: [] }
      : { outcome: 'ignored', reasons: [because('no-alarm')], differences: [] };
  }
  const { reasons, differences } = last;
  if (last.outcome === 'planned') return { outcome: 'planned', reasons, differences };
  if (last.execution.error === 'InvalidInputError') return { outcome: 'failed', reasons, differences };
  const lock = last.execution.machine === 'redis-emergency' ? 'cache' : undefined;
  const stored = await store.read(serviceKey(service.cluster, keyOf(service), lock));
  const record = stored && parse(ServiceRecord, stored.body);
  const outcome = rolledBack && last.outcome === 'restored' ? 'rolled-back' : last.outcome;
  const recorded = record?.outcome === last.outcome ? record.outcomeReasons : undefined;
  return {
    outcome,
    reasons: [...(rolledBack && last !== rolledBack ? rolledBack.reasons : []), ...(recorded ?? reasons)],
    differences,
  };
}

const outcomeOfEnd: Record<ToldEnd, OutcomeName> = {
  Held: 'held',
  NotStarted: 'held',
  RolledBack: 'rolled-back',
  ApprovalRejected: 'rejected',
  ApprovalExpired: 'expired',
  Superseded: 'joined',
};

/** How one execution ended, from its status, its last state and its output. */
export function endOf(execution: Execution): Ended {
  const differences = tryParse(Differences, read(execution.output, 'outcome', 'differences')) ?? [];
  return { ...namedEnd(execution), differences };
}

function namedEnd(execution: Execution): Pick<Ended, 'outcome' | 'reasons'> {
  if (execution.machine === 'preflight') return preflightEndOf(execution);
  if (execution.status !== 'SUCCEEDED') {
    const end = toldEnds.find((error) => error === execution.error);
    const outcome = end ? outcomeOfEnd[end] : 'failed';
    return { outcome, reasons: [whyItFailed(execution)] };
  }
  const output = execution.output;
  const outcome = read(output, 'outcome', 'outcome');
  const reasons = read(output, 'outcome', 'reasons') ?? read(output, 'rollback', 'reasons');
  const known = outcomes.find((name) => name === outcome);
  if (known) return { outcome: known, reasons: reasonsIn(reasons) };
  const last = statesOf(execution).at(-1);
  if (last === 'Joined')
    return { outcome: 'joined', reasons: reasonsIn(read(output, 'incident', 'reasons')) };
  if (last === 'Planned') {
    return {
      outcome: 'planned',
      reasons: reasonsIn(
        read(output, 'plan', 'reasons') ??
          read(output, 'cachePlan', 'reasons') ??
          read(output, 'rollback', 'reasons') ??
          read(output, 'autoscaling', 'reasons') ??
          read(output, 'pools', 'findings'),
      ),
    };
  }
  return { outcome: 'ignored', reasons: reasonsIn(read(output, 'request', 'reasons')) };
}

/** A preflight ends ready or not, and says why in one line. */
function preflightEndOf(execution: Execution): Pick<Ended, 'outcome' | 'reasons'> {
  const { status, error, cause } = execution;
  if (status !== 'SUCCEEDED')
    return error === preflightEnd
      ? { outcome: 'not-ready', reasons: [because('said', { said: cause ?? status })] }
      : { outcome: 'failed', reasons: [whyItFailed(execution)] };
  const summary = String(read(execution.output, 'report', 'summary'));
  return { outcome: 'ready', reasons: [because('said', { said: summary })] };
}

/** A run's own ends say why in words; for the others, what failed does. */
const whyItFailed = ({ error = '', cause, status }: Execution): Reason => {
  const failure = failureReason({ Error: error, Cause: cause ?? status });
  return failure.code === 'run-failed' && Object.hasOwn(outcomeOfEnd, error)
    ? because('said', { said: cause ?? status })
    : failure;
};

function approvalsOf(execution: Execution): ReportedApproval[] {
  // Its token goes round without anybody being asked.
  if (execution.machine === 'preflight') return [];
  const approvals: ReportedApproval[] = [];
  for (const event of execution.history) {
    const scheduled = event.taskScheduledEventDetails;
    if (scheduled?.resource === 'invoke.waitForTaskToken') {
      const document = read(JSON.parse(scheduled.parameters), 'Payload', 'document');
      const planHash = read(document, 'plan', 'hash') ?? read(document, 'cachePlan', 'hash');
      const open = { decision: 'open', by: null, at: null, reason: null } as const;
      approvals.push({
        execution: execution.name,
        askedAt: iso(event.timestamp),
        planHash: String(planHash),
        ...open,
      });
    }
    const current = approvals.at(-1);
    if (current?.decision !== 'open') continue;
    const succeeded = event.taskSucceededEventDetails;
    const failed = event.taskFailedEventDetails;
    if (succeeded?.resource === 'invoke.waitForTaskToken') Object.assign(current, audit(succeeded.output));
    if (failed?.resource === 'invoke.waitForTaskToken' && failed.error === 'ApprovalRejectedError')
      Object.assign(current, audit(failed.cause ?? '{}'));
    if (event.taskTimedOutEventDetails?.resource === 'invoke.waitForTaskToken') current.decision = 'expired';
  }
  return approvals;
}

function audit(text: string): Pick<ReportedApproval, 'decision' | 'by' | 'at' | 'reason'> {
  const said: unknown = JSON.parse(text);
  const part = (name: string) => String(read(said, name) ?? '');
  return {
    decision: part('decision') === 'approved' ? 'approved' : 'rejected',
    by: part('by'),
    at: part('at'),
    reason: part('reason'),
  };
}

function read(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

const Reasons = v.array(Reason);
const Differences = v.array(Difference);

const reasonsIn = (value: unknown): Reason[] => tryParse(Reasons, value) ?? [];

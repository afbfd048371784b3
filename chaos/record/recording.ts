import type { CallRecord, ServiceSettings, WriteRecord } from '../../sandbox/aws/wire.ts';
import type { Execution } from '../../sandbox/engine/history/execution.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import type { ServiceRecord } from '../../shared/incident/service-record.ts';
import type { ChaosIncident } from '../generate/incident.ts';

/** One thing that a function's process asked of the outside, in the order of asking. Times: virtual milliseconds. */
export interface Operation {
  /** `ecs:UpdateService`, `store:read`, `store:write`, `http:get`, `http:post`, `secrets:read`. */
  name: string;
  at: number;
  /** Key of a record, or URL. */
  key?: string;
  /** What the store answered to a read, or CloudWatch when it was asked about alarms. */
  body?: unknown;
  error?: string;
  /** HTTP status of an error that AWS answered. */
  status?: number;
}

/** What the service was about in a moment. */
export interface Aim {
  /** When the deployment began that was running then, if one was. */
  deployingSince?: number;
  /** The task definition that it aimed at. */
  taskDefinition?: string;
  /** Whether a deployment awaited an action. */
  awaitsAction?: boolean;
}

/** One run of a function's code in one process. */
export interface Invocation extends Aim {
  id: number;
  function: string;
  /** ARN of the execution whose state called; absent for the approval page. */
  execution?: string;
  /** The state's entry in the execution's history: repeated attempts share it. */
  stateEntry: number;
  state: string;
  event: unknown;
  startedAt: number;
  endedAt?: number;
  result?: unknown;
  error?: string;
  operations: Operation[];
}

/** A change of a setting, with what was true in that moment. */
export interface ObservedWrite extends WriteRecord {
  /** Absent: a person, or Application Auto Scaling by itself. */
  invocation?: Invocation;
  /** When the request set off that took effect now. */
  issuedAt: number;
  /** The lock of the service in that moment. */
  lock: ServiceRecord | undefined;
  /** The snapshot of the writing run's incident, if one is stored. */
  snapshot: unknown;
  /** Sessions of PostgreSQL that work on a statement. */
  load?: number;
  /** Runbook alarms in ALARM. */
  firing: readonly string[];
  /** All settings right after it. */
  after: ServiceSettings;
  /** When the deployment began that is still running, if one is. */
  deployingSince?: number;
  /** The approval requests in that moment, as they are stored. */
  approvals: readonly unknown[];
}

/** What a person did at a terminal. */
export interface PersonAct {
  at: number;
  text: string;
  /** The settings that really changed, after the change. */
  changed: Record<string, unknown>;
  /** The same settings before. */
  replaced: Record<string, unknown>;
  settings: ServiceSettings;
  running: readonly string[];
}

/** The end of an execution, with what was true then. */
export interface End {
  execution: Execution;
  at: number;
  settings: ServiceSettings;
  lock: ServiceRecord | undefined;
}

/** Everything that a run left behind: what the invariants are checked on. */
export interface Recording {
  seed: number;
  incident: ChaosIncident;
  /** As configured for the people who judge: a planted bug may have given the functions another one. */
  config: Config;
  service: ServiceConfig;
  startedAt: number;
  endedAt: number;
  /** The play came to its end by itself, within its time. */
  over: boolean;
  before: ServiceSettings;
  after: ServiceSettings;
  writes: readonly ObservedWrite[];
  calls: readonly CallRecord[];
  invocations: readonly Invocation[];
  people: readonly PersonAct[];
  /** Answers that the simulated approvers really gave. */
  answers: readonly { at: number; approvalId: string; approver: string; decision: 'approved' | 'rejected' }[];
  /** Approvers who were removed from the configuration, and when. */
  removedApprovers: readonly { name: string; at: number }[];
  /** When the switch was turned. */
  switched: readonly { at: number; on: boolean }[];
  executions: readonly Execution[];
  ends: readonly End[];
  /** Executions that somebody stopped, and when. */
  stopped: ReadonlyMap<string, number>;
  /** Executions that were started with an input that must be refused. */
  faultyInputs: ReadonlySet<string>;
  /** Who held the lock from when on, in order. */
  locks: readonly { at: number; record: ServiceRecord }[];
  snapshots: readonly { at: number; key: string; body: unknown }[];
  /** Every version of every approval request that was stored, in order. */
  approvals: readonly { at: number; key: string; body: unknown }[];
  /** When somebody deleted the service. */
  goneAt?: number;
  /** Which faults met which steps: `fault` → `step` → how often. */
  reach: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** The same for two runs that did the same. */
  hash(): string;
}

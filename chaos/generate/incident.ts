import type { ShownService } from '../../sandbox/aws/shown.ts';
import type { CacheOptions } from '../../sandbox/world/model/cache.ts';
import type { DatabasePool } from '../../sandbox/world/model/database-pool.ts';
import type { Trouble } from '../../sandbox/world/model/trouble.ts';
import type { AlertName } from '../../shared/alerts/catalogue.ts';
import type { machines } from '../../shared/document/request.ts';
import type { Environment } from './config.ts';

/** A generated incident: plain data, so that it can be printed, shrunk and played again. Times in seconds. */
export interface ChaosIncident {
  environment: Environment;
  traffic: Traffic;
  troubles: readonly Trouble[];
  approver: { answer: 'yes' | 'no' | 'never'; delaySeconds: number };
  /** From the start of a task until it runs. */
  taskStartSeconds: number;
  /** What sets the first run off: the alarm by itself, or a person at the console. */
  trigger: 'alarm' | 'console';
  faults: readonly ChaosFault[];
  /** The service takes its work from a queue: no load balancer counts it, and CPU alone tells of it. */
  worker?: boolean;
  /** PgBouncer and PostgreSQL, where they are other than configured. */
  dbPool?: Partial<DatabasePool>;
  /** The cache, where it is other than usual. */
  cache?: Partial<CacheOptions>;
  /** What AWS shows of the service besides; absent where it shows what the world plays. */
  shown?: ShownService;
}

/** Requests rise to `factor` times a quiet day, stay, and go back. */
export interface Traffic {
  factor: number;
  riseSeconds: number;
  holdSeconds: number;
}

/**
 * When something happens: so long after the start; so long after a state of a machine was entered for the nth time; or
 * in the middle of that step, right before its nth call. A step takes no virtual time, so nothing else gets in between.
 */
export type Moment =
  | { atSeconds: number }
  | { machine: string; state: string; visit: number; afterSeconds: number }
  | { machine: string; state: string; visit: number; call: number };

/** One thing that goes wrong, or that somebody does meanwhile. */
export type ChaosFault =
  /** The nth call of an operation, and the ones after it, are disturbed on the wire. */
  | { kind: 'wire'; call: string; first: number; times: number; what: WireTrouble }
  /** Answers of a reading operation are `ageSeconds` old for a while. */
  | { kind: 'stale'; call: string; at: Moment; forSeconds: number; ageSeconds: number }
  /** The process of a function dies at its nth call of anything, or its first one of that name, before or after the effect. */
  | { kind: 'crash'; function: string; call: number | string; when: 'before' | 'after' }
  /** The function cannot be invoked for a while: throttled, or a fault of Lambda. */
  | { kind: 'lambda'; function: string; first: number; times: number; error: string }
  /** The clock of a function is off. */
  | { kind: 'clock'; function: string; offsetSeconds: number }
  /** The store refuses a write or a read, loses an answer, or somebody else writes in between. */
  | { kind: 'store'; function: string; first: number; times: number; what: StoreTrouble }
  | { kind: 'channel'; channel: Channel; first: number; times: number }
  /** The nth look at a source of metrics or health, and the ones after it, are disturbed. */
  | { kind: 'source'; source: Source; first: number; times: number; what: SourceTrouble }
  | { kind: 'person'; at: Moment; change: PersonChange }
  /** Somebody turns the switch off, so that no run writes, and on again. */
  | { kind: 'switch'; at: Moment; forSeconds: number }
  | { kind: 'stop'; machine: string; at: Moment }
  | { kind: 'start'; machine: (typeof machines)[number]; at: Moment; input: Record<string, unknown> }
  /** Somebody deletes the service. */
  | { kind: 'gone'; at: Moment }
  /** An input that must be refused before any write. */
  | { kind: 'faulty-input'; machine: (typeof machines)[number]; at: Moment; input: unknown }
  /** The newest alarm event is delivered again, so long after it. */
  | { kind: 'repeat-event'; afterSeconds: number }
  /** An alarm fires, and goes back as often as it flaps. */
  | { kind: 'alarm'; alert: AlertName; at: Moment; flaps: number }
  /** Somebody deletes the record of the service's lock; `idle`: while no run is under way, and a new one starts later. */
  | { kind: 'record-lost'; at: Moment; idle: boolean }
  /** Alertmanager posts so many alerts of other teams, each with a text of so many characters, and some of ours. */
  | { kind: 'storm'; at: Moment; alert: AlertName; ours: number; foreign: number; characters: number }
  /** A scheduled action of autoscaling, so long after the start. */
  | { kind: 'scheduled-action'; atSeconds: number; min: number; max: number }
  /** ECS shows each write only so long after it. */
  | { kind: 'lag'; seconds: number }
  /** Somebody's own step policy has the name of the runbook's temporary one. */
  | { kind: 'foreign-policy' }
  /** ECS keeps only this share of the desired tasks while it deploys. */
  | { kind: 'minimum-healthy'; percent: number }
  /** One of the approvers is removed from the configuration. */
  | { kind: 'approver-removed'; at: Moment; place: number };

export type WireTrouble =
  | { kind: 'error'; name: string; status: number }
  | { kind: 'timeout-before' }
  | { kind: 'timeout-after' }
  | { kind: 'delay'; seconds: number };

export type StoreTrouble = 'error' | 'lost-answer' | 'race' | 'unread';

export type Source = 'prometheus' | 'metrics page' | 'health';

/** It does not answer, answers 500 or nonsense, has NaN for every value, or repeats its first answer for ever. */
export type SourceTrouble = 'down' | 'error' | 'garbage' | 'nan' | 'frozen';

/** What notices and switches travel through. */
export type Channel = 'sns' | 'pagerduty' | 'chat' | 'mail' | 'secrets' | 'switch';

/** What a person does at a terminal in the middle of a run. */
export type PersonChange =
  | { setting: 'desired'; by: number }
  | { setting: 'bounds'; min: number; max: number }
  | { setting: 'suspended'; scaleIn: boolean }
  | { setting: 'policy'; target: number; cooldown: number }
  | { setting: 'delete-policy' }
  | { setting: 'deregister' }
  | { setting: 'deploy'; revision: number }
  /** Sets the pool size of the first PgBouncer, or restarts it. */
  | { setting: 'pool'; size: number }
  | { setting: 'pool-restart' }
  /** Sets the cache's maxmemory-policy. */
  | { setting: 'cache-policy'; policy: string }
  /** Gives everything back as it was before the incident. */
  | { setting: 'everything' };

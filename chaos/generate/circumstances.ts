import fc from 'fast-check';
import { cacheCircumstances } from './cache-circumstances.ts';
import type { ChaosIncident } from './incident.ts';
import { goodRevision } from './revisions.ts';

/** What an incident holds for certain. Faults and troubles come on top; the other members replace the generated ones. */
export type Circumstances = Partial<ChaosIncident>;

/** An incident with these circumstances in it. */
export function amid(incident: ChaosIncident, circumstances: Circumstances = {}): ChaosIncident {
  return {
    ...incident,
    ...circumstances,
    faults: [...incident.faults, ...(circumstances.faults ?? [])],
    troubles: [...incident.troubles, ...(circumstances.troubles ?? [])],
  };
}

/** Few connections for what comes: ten, of which three tasks keep six; PostgreSQL lets in a hundred. */
const smallPool = {
  environment: 'production',
  traffic: { factor: 1.7, riseSeconds: 60, holdSeconds: 600 },
  dbPool: { poolSize: 10, minPoolSize: 0, maxConnections: 100 },
  troubles: [{ kind: 'slow-queries', factor: 8, from: 240, until: 1200 }],
} as const satisfies Circumstances;

/** What needs several things at once, and would not come together by chance in 20,000 incidents; by what happens. */
export const rare = {
  /** Scenario 48. The alarm comes late enough for points from which it is known what is usual. */
  trafficVanishes: {
    troubles: [
      { kind: 'traffic', factor: 0.02, from: 900, until: 5400 },
      { kind: 'endpoint-down', endpoint: 'mcp', from: 900, until: 5400 },
    ],
    traffic: { factor: 3, riseSeconds: 900, holdSeconds: 420 },
  },
  /** Scenario 50: the configured target group is not the service's, and a person configures its autoscaling by it. */
  anotherTargetGroup: {
    faults: [
      {
        kind: 'start',
        machine: 'configure-autoscaling',
        at: { atSeconds: 600 },
        input: { latencyTargetMilliseconds: 60, requestedBy: 'person' },
      },
    ],
    shown: {
      serviceMembers: {
        loadBalancers: [
          { targetGroupArn: 'arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:targetgroup/other/1' },
        ],
      },
    },
  },
  /** Invariant 3: what counts and times requests says NaN, which is more than that nobody asks. */
  requestsAreNaN: {
    troubles: [
      { kind: 'metric-fault', metric: 'RequestCount', fault: 'nan', from: 240, until: 5400 },
      { kind: 'metric-fault', metric: 'TargetResponseTime', fault: 'nan', from: 240, until: 5400 },
    ],
  },
  /** Scenario 56: while approvers do not answer, people restore everything themselves. */
  restoredByHand: {
    environment: 'production',
    approver: { answer: 'never', delaySeconds: 60 },
    faults: [
      {
        kind: 'person',
        at: { machine: 'scale-in', state: 'Ask for approval', visit: 1, afterSeconds: 15 },
        change: { setting: 'everything' },
      },
    ],
  },
  /** Scenario 43: the database is away for a minute or two, soon after a good release, and back before anybody looks. */
  outageAfterRelease: {
    traffic: { factor: 1, riseSeconds: 60, holdSeconds: 240 },
    taskStartSeconds: 40,
    troubles: [
      { kind: 'deployment', revision: goodRevision, from: 300, until: 301 },
      { kind: 'database-down', from: 420, until: 570 },
    ],
  },
  /** The pools are in the way, and nobody can ask them: people are told without what they say. */
  poolsUnread: {
    troubles: [
      { kind: 'connections-held', connections: 69, from: 240, until: 2400 },
      { kind: 'slow-queries', factor: 60, from: 240, until: 2400 },
    ],
    faults: [{ kind: 'lambda', function: 'read-pools', first: 1, times: 8, error: 'Lambda.Unknown' }],
  },
  /** Scenario 35: the pool is too small, and PostgreSQL has room for a part of the configured size. */
  poolTooSmall: smallPool,
  /** Scenario 35: more tasks would find the pool full, which three of them do not fill. */
  poolsBeforeTasks: {
    environment: 'production',
    traffic: { factor: 3, riseSeconds: 60, holdSeconds: 420 },
    dbPool: { poolSize: 14, minPoolSize: 0, maxConnections: 100 },
  },
  /** Scenario 63: the pools keep every slot of PostgreSQL open, so that nobody else gets in. */
  slotsTaken: {
    traffic: { factor: 3, riseSeconds: 60, holdSeconds: 420 },
    dbPool: { poolSize: 100, minPoolSize: 90, maxConnections: 60 },
  },
  /** Scenario 64: a PgBouncer restarts right after its raise. */
  poolRestarts: {
    ...smallPool,
    faults: [
      {
        kind: 'person',
        at: { machine: 'emergency-scaling', state: 'Wait for the pools', visit: 1, afterSeconds: 1 },
        change: { setting: 'pool-restart' },
      },
    ],
  },
  /** Scenario 64: a person sets another size while the raise holds. */
  poolSetByPerson: {
    ...smallPool,
    faults: [
      {
        kind: 'person',
        at: { machine: 'scale-in', state: 'Check for calm', visit: 1, afterSeconds: 1 },
        change: { setting: 'pool', size: 37 },
      },
    ],
  },
  /** Scenario 35: a person has the pools raised before the first alarm, whose run takes over from theirs or follows it. */
  poolRaisedByHand: {
    ...smallPool,
    traffic: { ...smallPool.traffic, riseSeconds: 5 },
    troubles: [{ kind: 'slow-queries', factor: 8, from: 30, until: 1200 }],
    faults: [
      {
        kind: 'start',
        machine: 'pgbouncer-emergency',
        at: { atSeconds: 100 },
        input: { alert: 'DatabasePoolExhausted', requestedBy: 'person' },
      },
    ],
  },
  ...cacheCircumstances,
} as const satisfies Record<string, Circumstances>;

export type RareName = keyof typeof rare;
export const isRareName = (name: string): name is RareName => Object.hasOwn(rare, name);

/** One incident in fifty holds one of the rare circumstances. */
export const circumstances: fc.Arbitrary<Circumstances> = fc.oneof(
  { weight: 49 * Object.keys(rare).length, arbitrary: fc.constant({}) },
  ...Object.values(rare).map((one) => ({ weight: 1, arbitrary: fc.constant<Circumstances>(one) })),
);

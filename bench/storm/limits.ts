import { createTokenBucket, type Rate, type TokenBucket } from '../../sandbox/aws/token-bucket.ts';

/**
 * The documented rate limits of an account in one Region that a storm meets. AWS documents none for Application Auto
 * Scaling.
 */
export interface Limit extends Rate {
  source: string;
}

/** Step Functions quotas outside the three largest Regions, the requests of ECS, and what the functions call besides. */
export const limits = {
  StartExecution: { burst: 800, perSecond: 150, source: 'Step Functions quotas' },
  'state transitions': { burst: 800, perSecond: 800, source: 'Step Functions quotas' },
  'ECS service read': { burst: 100, perSecond: 20, source: 'ECS request throttling' },
  'ECS cluster read': { burst: 100, perSecond: 20, source: 'ECS request throttling' },
  'ECS service modify': { burst: 50, perSecond: 5, source: 'ECS request throttling' },
  DescribeAlarms: { burst: 9, perSecond: 9, source: 'CloudWatch quotas' },
  GetMetricData: { burst: 50, perSecond: 50, source: 'CloudWatch quotas' },
  'switch (GetParameter)': { burst: 40, perSecond: 40, source: 'Systems Manager quotas' },
} as const satisfies Record<string, Limit>;
export type LimitName = keyof typeof limits;

/** Functions that may run at once in an account, unless AWS raises it. Source: Lambda quotas. */
export const concurrentFunctions = 1000;

/** The limit that a call to AWS counts against, if it has one. */
export function limitOf(service: string, operation: string): LimitName | undefined {
  switch (`${service}:${operation}`) {
    case 'ecs:UpdateService':
      return 'ECS service modify';
    case 'ecs:DescribeServices':
      return 'ECS service read';
    case 'ecs:ListTasks':
    case 'ecs:DescribeTasks':
      return 'ECS cluster read';
    case 'cloudwatch:DescribeAlarms':
      return 'DescribeAlarms';
    case 'cloudwatch:GetMetricData':
      return 'GetMetricData';
    default:
      return undefined;
  }
}

/** Seconds that the limits need for so many calls. A storm cannot be over before. */
export function floorSeconds(name: LimitName, calls: number, share: number): number {
  const { burst, perSecond } = limits[name];
  return Math.max(0, (calls - burst * share) / (perSecond * share));
}

/** Tokens of every limit in virtual time, and how often each was asked for and refused. */
export interface Buckets {
  /** Takes a token; false when there is none. */
  take(name: LimitName): boolean;
  /** Takes a token that may be owed; milliseconds until it is there. */
  owe(name: LimitName): number;
  taken: Map<LimitName, number>;
  refused: Map<LimitName, number>;
}

export function createBuckets(now: () => number, share = 1): Buckets {
  const buckets = new Map<LimitName, TokenBucket>();
  const taken = new Map<LimitName, number>();
  const refused = new Map<LimitName, number>();
  const count = (counts: Map<LimitName, number>, name: LimitName) =>
    counts.set(name, (counts.get(name) ?? 0) + 1);
  const bucketOf = (name: LimitName): TokenBucket => {
    const { burst, perSecond } = limits[name];
    const rate = { burst: Math.max(1, burst * share), perSecond: perSecond * share };
    const bucket = buckets.get(name) ?? createTokenBucket(rate, now);
    buckets.set(name, bucket);
    return bucket;
  };
  return {
    taken,
    refused,
    take(name) {
      const isTaken = bucketOf(name).take();
      count(isTaken ? taken : refused, name);
      return isTaken;
    },
    owe(name) {
      count(taken, name);
      return bucketOf(name).owe();
    },
  };
}

/**
 * The documented rate limits of an account in one Region that a storm meets: token buckets, at most `burst` at once,
 * refilled with `perSecond`. AWS documents none for Application Auto Scaling.
 */
export interface Limit {
  burst: number;
  perSecond: number;
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
  const levels = new Map<LimitName, { tokens: number; at: number }>();
  const taken = new Map<LimitName, number>();
  const refused = new Map<LimitName, number>();
  const count = (counts: Map<LimitName, number>, name: LimitName) =>
    counts.set(name, (counts.get(name) ?? 0) + 1);
  const level = (name: LimitName): number => {
    const burst = Math.max(1, limits[name].burst * share);
    const perSecond = limits[name].perSecond * share;
    const known = levels.get(name) ?? { tokens: burst, at: now() };
    return Math.min(burst, known.tokens + ((now() - known.at) / 1000) * perSecond);
  };
  const set = (name: LimitName, tokens: number) => levels.set(name, { tokens, at: now() });
  return {
    taken,
    refused,
    take(name) {
      const tokens = level(name);
      set(name, tokens < 1 ? tokens : tokens - 1);
      count(tokens < 1 ? refused : taken, name);
      return tokens >= 1;
    },
    owe(name) {
      const tokens = level(name) - 1;
      set(name, tokens);
      count(taken, name);
      return tokens >= 0 ? 0 : Math.ceil((-tokens / (limits[name].perSecond * share)) * 1000);
    },
  };
}

import { AwsError } from './errors.ts';

/** A token bucket: at most `burst` calls at once, refilled with `perSecond` calls a second. */
interface Rate {
  burst: number;
  perSecond: number;
}

const SERVICE_MODIFY = 'service modify';
const SERVICE_READ = 'service read';
const CLUSTER_READ = 'cluster resource read';
const DEFINITION_READ = 'task definition read';
const DEPLOYMENT_READ = 'service deployment';
const REVISION_READ = 'service revision';

/** ECS request throttling (APIReference/request-throttling.html): calls of a category share a bucket. */
const RATES: Readonly<Record<string, Rate>> = {
  [SERVICE_MODIFY]: { burst: 50, perSecond: 5 },
  [SERVICE_READ]: { burst: 100, perSecond: 20 },
  [CLUSTER_READ]: { burst: 100, perSecond: 20 },
  [DEFINITION_READ]: { burst: 50, perSecond: 20 },
  [DEPLOYMENT_READ]: { burst: 50, perSecond: 20 },
  [REVISION_READ]: { burst: 50, perSecond: 20 },
};

const CATEGORY: Readonly<Record<string, string>> = {
  UpdateService: SERVICE_MODIFY,
  DescribeServices: SERVICE_READ,
  ListServices: SERVICE_READ,
  ListTasks: CLUSTER_READ,
  DescribeTasks: CLUSTER_READ,
  DescribeTaskDefinition: DEFINITION_READ,
  ListTaskDefinitions: DEFINITION_READ,
  ListServiceDeployments: DEPLOYMENT_READ,
  DescribeServiceDeployments: DEPLOYMENT_READ,
  DescribeServiceRevisions: REVISION_READ,
};

/** Makes the check that each call passes: takes a token or throws ThrottlingException. */
export function createThrottle(now: () => number): (service: string, operation: string) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (service, operation) => {
    const category = service === 'ecs' ? CATEGORY[operation] : undefined;
    const rate = category === undefined ? undefined : RATES[category];
    if (category === undefined || rate === undefined) return;
    const at = now();
    const bucket = buckets.get(category) ?? { tokens: rate.burst, at };
    const refilled = bucket.tokens + ((at - bucket.at) / 1000) * rate.perSecond;
    const tokens = Math.min(rate.burst, refilled);
    if (tokens < 1) throw new AwsError('ThrottlingException', 'Rate exceeded');
    buckets.set(category, { tokens: tokens - 1, at });
  };
}

import { AwsError } from './errors.ts';
import { createTokenBucket, type Rate, type TokenBucket } from './token-bucket.ts';

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
  const buckets = new Map<string, TokenBucket>();
  return (service, operation) => {
    const category = service === 'ecs' ? CATEGORY[operation] : undefined;
    const rate = category === undefined ? undefined : RATES[category];
    if (category === undefined || rate === undefined) return;
    const bucket = buckets.get(category) ?? createTokenBucket(rate, now);
    buckets.set(category, bucket);
    if (!bucket.take()) throw new AwsError('ThrottlingException', 'Rate exceeded');
  };
}

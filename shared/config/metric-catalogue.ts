/**
 * What is known of each metric, said once: whatever lists metrics, names them or tells them apart reads it here. How a
 * source is asked stands in metrics/cloudwatch.ts, metrics/prometheus.ts and metrics/scrape.ts. Of every metric, more
 * is worse. CloudWatch has them all.
 */

interface Metric {
  label: string;
  /** As it follows the number. */
  unit: string;
  /** Digits after the point that still mean something. */
  decimals: number;
  /** Whether a PromQL query ships with the project, or only the configuration can name one. */
  prometheus: 'shipped' | 'configured';
  /** Whether one task's `/metrics` may serve as a last resort: only a gauge can. */
  scrape: boolean;
  /** Whether more tasks can improve it; an exhausted pool gets worse with every task. */
  drivenByTasks: boolean;
  /** Whether a zero means that nothing was measured: tasks that run use CPU, and no request is answered in no time. */
  zeroIsImplausible: boolean;
  /** Whether only requests make it: CloudWatch has it of a load balancer alone. */
  ofRequests: boolean;
}

const shipped = { prometheus: 'shipped', scrape: false, ofRequests: false } as const;
const requests = { ...shipped, ofRequests: true } as const;
const plausible = { drivenByTasks: true, zeroIsImplausible: false };
const neverZero = { drivenByTasks: true, zeroIsImplausible: true };
const ofPool = { drivenByTasks: false, zeroIsImplausible: false };

/** The rows of the runbook's Alert Thresholds in its order, named with their units. */
export const metricCatalogue = {
  cpuPercent: {
    label: 'CPU',
    unit: ' %',
    decimals: 1,
    prometheus: 'configured',
    scrape: false,
    ofRequests: false,
    ...neverZero,
  },
  latencyP95Seconds: { label: 'P95 latency', unit: ' s', decimals: 3, ...requests, ...neverZero },
  latencyP99Seconds: { label: 'P99 latency', unit: ' s', decimals: 3, ...requests, ...neverZero },
  errorRatePercent: { label: '5xx error rate', unit: ' %', decimals: 2, ...requests, ...plausible },
  dbPoolPercent: { label: 'DB pool', unit: ' %', decimals: 1, ...shipped, scrape: true, ...ofPool },
  pgbouncerPoolPercent: {
    label: 'PgBouncer pool',
    unit: ' %',
    decimals: 1,
    ...shipped,
    scrape: true,
    ...ofPool,
  },
  pgbouncerWaitMilliseconds: { label: 'PgBouncer wait', unit: ' ms', decimals: 1, ...shipped, ...ofPool },
  requestRatePerMinute: { label: 'Request rate', unit: '/min', decimals: 0, ...requests, ...neverZero },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metricCatalogue;

/** Names of the metrics that the catalogue gives this property. */
export type MetricsWith<Property extends object> = {
  [Name in MetricName]: (typeof metricCatalogue)[Name] extends Property ? Name : never;
}[MetricName];

/** The catalogue's entry, typed as the interface so that any property can be compared. */
export const metricOf = (name: MetricName): Metric => metricCatalogue[name];

export const isMetricName = (name: string): name is MetricName => Object.hasOwn(metricCatalogue, name);

export const metricNames: readonly MetricName[] = Object.keys(metricCatalogue).filter(isMetricName);

/** What only the plan and the diagnosis need: no rows of the runbook's table. */
export const supportingSeries = [
  'latencyAverageSeconds',
  'memoryPercent',
  'requestsPerTarget',
  'healthyTargets',
  'unhealthyTargets',
] as const;

export type SeriesName = MetricName | (typeof supportingSeries)[number];

/** One value for every metric. */
export const perMetric = <T>(make: (name: MetricName) => T): Record<MetricName, T> =>
  record(metricNames, make);

/** One value for everything that is read as a series. */
export const perSeries = <T>(make: (name: SeriesName) => T): Record<SeriesName, T> =>
  record([...metricNames, ...supportingSeries], make);

/** `Object.fromEntries` forgets which names it was given, so their type is asserted. */
const record = <Name extends string, T>(names: readonly Name[], make: (name: Name) => T) =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;

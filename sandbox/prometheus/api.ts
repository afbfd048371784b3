import type { ServiceConfig } from '../../shared/config/service.ts';
import { asked, type PrometheusSeriesName, prometheusQueries } from '../../shared/metrics/prometheus.ts';
import { LAST_BUCKET, MONITORING_DELAY } from '../world/metrics/metrics-page.ts';
import type { MetricName, SimulatedService } from '../world/model/types.ts';

/**
 * The simulated Prometheus. It answers GET /api/v1/query for exactly the queries that the product asks for this
 * service (shared/metrics/prometheus.ts), computed from the world's whole minutes as a scrape every few seconds would see
 * them, and no other PromQL: a real Prometheus is used for that (npm run test:integration).
 */
export interface SimulatedPrometheus {
  /** Answers a path with its query string; undefined when nothing answers, as a host that is down. */
  answer(path: string): { status: number; body: string } | undefined;
}

const MINUTE = 60_000;
const wholeQuery = /^\((.*)\)\[(\d+)m:1m\]$/s;
/** What a lying endpoint says: hardly any requests or connections, and all of them fast. */
const lies: Partial<Record<PrometheusSeriesName, (truth: number) => number>> = {
  latencyP95Seconds: () => 0.095,
  latencyP99Seconds: () => 0.099,
  latencyAverageSeconds: () => 0.05,
  errorRatePercent: () => 0,
};

type Value = (at: number) => number | undefined;

export function simulatedPrometheus(
  service: () => SimulatedService | undefined,
  config: ServiceConfig,
  now: () => number,
): SimulatedPrometheus {
  const queries = Object.entries(prometheusQueries(config));
  const values = valuesOver(service);
  const seriesOf = (query: string) => {
    const name = queries.find(([, text]) => text && asked(text) === query)?.[0];
    return name === undefined || !isSeries(name, values) ? undefined : name;
  };
  return {
    answer(path) {
      const fault = service()?.monitoringFault(now())?.fault;
      if (!service() || fault === 'down') return undefined;
      const { pathname, searchParams } = new URL(path, 'http://prometheus');
      if (pathname !== '/api/v1/query') return json(404, failure('not_found', `no such path: ${pathname}`));
      const [, query = '', minutes = '0'] = wholeQuery.exec(searchParams.get('query') ?? '') ?? [];
      const name = seriesOf(query);
      if (!name) return json(400, failure('bad_data', 'the sandbox answers only the queries of the product'));
      const end = Math.min(Number(searchParams.get('time')) * 1000, now());
      const points = minutesBefore(end, Number(minutes)).flatMap((at) => {
        const value = pointAt(name, at, values[name], service());
        return value === undefined ? [] : [[at / 1000, Number.isNaN(value) ? 'NaN' : String(value)]];
      });
      const beyond = points.filter(([, value]) => isQuantile(name) && Number(value) === LAST_BUCKET);
      const result = [
        ...(points.length > 0 ? [{ metric: {}, values: points }] : []),
        ...(beyond.length > 0 ? [{ metric: { last_bucket: 'yes' }, values: beyond }] : []),
      ];
      return json(200, { status: 'success', data: { resultType: 'matrix', result } });
    },
  };
}

const isSeries = (name: string, values: Record<string, Value>): name is keyof ReturnType<typeof valuesOver> =>
  Object.hasOwn(values, name);

/** The whole minutes that a subquery visits, oldest first. */
function minutesBefore(end: number, count: number): number[] {
  const last = Math.floor(end / MINUTE) * MINUTE;
  return Array.from({ length: count }, (_, i) => last - (count - 1 - i) * MINUTE).filter(
    (at) => at > end - count * MINUTE,
  );
}

/** One value of the minute that ends at `at`, with the fault that held then. */
function pointAt(
  name: PrometheusSeriesName,
  at: number,
  value: Value,
  service: SimulatedService | undefined,
): number | undefined {
  const found = service?.monitoringFault(at - 1);
  switch (found?.fault) {
    case 'missing':
      return undefined;
    case 'nan':
      return Number.NaN;
    case 'delayed':
      return value(at - MONITORING_DELAY);
    case 'frozen':
      // Counters stand still, so rates are zero and their quotients NaN; gauges keep their value.
      if (name === 'requestRatePerMinute') return 0;
      return name === 'dbPoolPercent' || name === 'pgbouncerPoolPercent'
        ? value(lastWhole(found.from))
        : Number.NaN;
    case 'lying': {
      const truth = value(at);
      return truth === undefined ? undefined : (lies[name] ?? ((whole) => 0.05 * whole))(truth);
    }
    case 'last-bucket': {
      const truth = value(at);
      return truth !== undefined && isQuantile(name) ? Math.min(truth, LAST_BUCKET) : truth;
    }
    default:
      return value(at);
  }
}

const isQuantile = (name: PrometheusSeriesName) =>
  name === 'latencyP95Seconds' || name === 'latencyP99Seconds';

const lastWhole = (at: number) => Math.floor(at / MINUTE) * MINUTE;

/** What each query means in the world. The application sees only the requests that its tasks answered. */
function valuesOver(service: () => SimulatedService | undefined) {
  const kept = new Map<string, number>();
  const minute =
    (metric: MetricName, statistic: string): Value =>
    (end) => {
      const key = `${metric} ${statistic} ${end}`;
      const before = kept.get(key);
      if (before !== undefined) return before;
      const value = service()?.minute(metric, statistic, end - MINUTE);
      if (value !== undefined) kept.set(key, value);
      return value;
    };
  const requests = minute('RequestCount', 'Sum');
  const errors = minute('HTTPCode_Target_5XX_Count', 'Sum');
  return {
    latencyP95Seconds: minute('TargetResponseTime', 'p95'),
    latencyP99Seconds: minute('TargetResponseTime', 'p99'),
    latencyAverageSeconds: minute('TargetResponseTime', 'Average'),
    errorRatePercent: (at: number) => {
      const counted = requests(at);
      return counted ? (100 * (errors(at) ?? 0)) / counted : undefined;
    },
    requestRatePerMinute: minute('TargetResponseTime', 'SampleCount'),
    dbPoolPercent: minute('DBPoolUsage', 'Average'),
    pgbouncerPoolPercent: minute('PgBouncerPoolUsage', 'Average'),
    pgbouncerWaitMilliseconds: minute('PgBouncerWaitTime', 'Average'),
  } satisfies Partial<Record<PrometheusSeriesName, Value>>;
}

const failure = (errorType: string, error: string) => ({ status: 'error', errorType, error });
const json = (status: number, body: object) => ({ status, body: JSON.stringify(body) });

import { metricNames } from '../config/metric-catalogue.ts';
import type { ServiceConfig } from '../config/service.ts';
import type { Unknown, UnknownCause } from '../core/unknown.ts';
import type { StepContext } from '../lambda/context.ts';
import { readPrometheus } from '../metrics/prometheus.ts';
import { readScrape } from '../metrics/scrape.ts';
import type { Series } from '../metrics/series.ts';
import type { Finding, Trial } from './trials.ts';

type Tools = StepContext<'http'>;

const timeoutMilliseconds = 3000;

/** What says that an address does not answer as it should; that a metric has no points now is no fault of the address. */
const unanswered: readonly UnknownCause[] = ['failed', 'http-status', 'late', 'malformed', 'unreachable'];

const ofAddress = (unknown: Unknown | undefined): Finding | undefined =>
  unknown && unanswered.includes(unknown.cause) ? { unknown } : undefined;

const unknownOf = (series: Series): Unknown[] => ('unknown' in series ? [series.unknown] : []);

/** Whether each configured address answers this function: its network may not be that of a laptop. */
export function addressTrials(service: ServiceConfig, context: Tools): Trial[] {
  const { health, prometheusUrl, metricsUrl } = service;
  const { config, http } = context;
  const options = () => ({ now: context.now(), maxAgeSeconds: config.planning.metricMaxAgeSeconds });
  const asked = metricNames.find((name) => service.metrics[name].includes('prometheus'));
  const found: [string | undefined, () => Promise<Finding | undefined>][] = [
    ...[health.api, health.mcp].map((url): [string | undefined, () => Promise<Finding | undefined>] => [
      url,
      () => healthAt(url ?? '', context),
    ]),
    [
      asked && prometheusUrl,
      async () => ofAddress(asked && unknownOf(await readPrometheus(asked, service, http, options()))[0]),
    ],
    [
      metricsUrl,
      async () => ofAddress(Object.values(await readScrape(service, http, options())).flatMap(unknownOf)[0]),
    ],
  ];
  return found.flatMap(([on, attempt]): Trial[] =>
    on === undefined ? [] : [{ check: 'address', on, try: attempt }],
  );
}

async function healthAt(url: string, { http }: Tools): Promise<Finding | undefined> {
  const { status } = await http.get(url, timeoutMilliseconds);
  return status >= 200 && status <= 299 ? undefined : { unknown: { cause: 'http-status', status } };
}

import { readConfig } from '../../sandbox/config-files.ts';
import { baselineRate } from '../../sandbox/scenario-play.ts';
import type { Arrivals } from '../../sandbox/world/model/options.ts';
import type { AlertName } from '../../shared/alerts/catalogue.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';

/** A service of the storm: what hits it, and the alarm that it raises. */
export interface Hit {
  name: string;
  service: ServiceConfig;
  alert: AlertName;
  arrivals: Arrivals;
}

/** How traffic grows where this alert fires first, and the share of the services, of ten. */
const kinds: readonly { alert: AlertName; multiple: number; ofTen: number }[] = [
  { alert: 'HighLatencyP99', multiple: 4, ofTen: 3 },
  { alert: 'HighErrorRate', multiple: 5, ofTen: 1 },
  { alert: 'HighCPU', multiple: 2, ofTen: 4 },
  { alert: 'HighLatencyP95', multiple: 2.5, ofTen: 2 },
];
const tenth = kinds.flatMap((kind) => Array.from({ length: kind.ofTen }, () => kind));

/** Traffic grows at once, everywhere, this long after the start. */
export const hitAtSeconds = 30;

/** Production's configuration, with so many copies of its service in one cluster, and what happens to each. */
export function accountOf(count: number): { config: Config; hits: Hit[] } {
  const production = readConfig('production');
  const [first = ''] = Object.keys(production.services);
  const pattern = serviceConfig(production, first);
  const hits = Array.from({ length: count }, (_, index): Hit => {
    const name = `service-${String(index + 1).padStart(4, '0')}`;
    // Mixed, so that nothing depends on the order in which the alarms arrive.
    const { alert, multiple } = tenth[(index * 7) % tenth.length] ?? { alert: 'HighCPU', multiple: 2 };
    const service = serviceNamed(name, pattern);
    const rate = baselineRate(service);
    return { name, service, alert, arrivals: (seconds) => rate * (seconds < hitAtSeconds ? 1 : multiple) };
  });
  const services = Object.fromEntries(hits.map(({ name, service }) => [name, service]));
  return { config: { ...production, services }, hits };
}

function serviceNamed(name: string, pattern: ServiceConfig): ServiceConfig {
  const at = (url: string) => url.replace(/^https:\/\/[^/]+/, `https://${name}.example`);
  const { api, mcp } = pattern.health;
  return {
    ...pattern,
    service: name,
    loadBalancer: `app/${name}/50dc6c495c0c9188`,
    targetGroup: `targetgroup/${name}/6d0ecf831eec9f09`,
    health: { ...(api ? { api: at(api) } : {}), ...(mcp ? { mcp: at(mcp) } : {}) },
    ...(pattern.metricsUrl ? { metricsUrl: at(pattern.metricsUrl) } : {}),
    ...(pattern.prometheusUrl ? { prometheusUrl: at(pattern.prometheusUrl) } : {}),
  };
}

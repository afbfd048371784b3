import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from '@jest/globals';
import { functionFiles } from '../../resources/names.ts';
import { askingFunctions } from '../../shared/config/network.ts';
import { codeSpans, read, section, tableRows } from '../support/markdown.ts';
import { bundle, type Packaged } from '../support/packaged.ts';
import { calls } from './rights/calls.ts';

/** The name of a service's VPC endpoint, after `com.amazonaws.REGION.`, where it is not the action's prefix. */
const endpoints: Record<string, string> = { cloudwatch: 'monitoring', ses: 'email' };

/** Which file asks which address of `config/`, or of a secret that it names, by the client that it takes for it. */
const asking: Record<string, Record<string, string[]>> = {
  http: {
    'shared/assess/observe.ts': ['health.api', 'health.mcp'],
    'shared/metrics/prometheus.ts': ['prometheusUrl'],
    'shared/metrics/scrape.ts': ['metricsUrl'],
    'shared/notices/post-webhook.ts': ['notices.pagerDuty.url', 'notices.chat.urlSecret'],
  },
  databases: {
    'shared/pool/read.ts': ['pgbouncer.instances'],
    'shared/pool/postgres.ts': ['pgbouncer.database'],
  },
  caches: { 'shared/cache/read.ts': ['cache'] },
};
const pools = ['pgbouncer.instances', 'pgbouncer.database'];
const inside = ['health.api', 'health.mcp', 'prometheusUrl', 'metricsUrl', 'cache', ...pools];

/** Every file that a file imports for what it does, itself included. */
function reached(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known;
  known.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type)[^;]*?from '(\.[^']+)'/gms);
  for (const [, path = ''] of imports) reached(posix.join(posix.dirname(file), path), known);
  return known;
}

/** The addresses that a function asks: by its imports, if it takes the client for them. */
function addressesOf(file: string): string[] {
  const providers = /\blambda\(\w+, \{([^}]*)\}/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const files = reached(file);
  return Object.entries(asking)
    .filter(([client]) => new RegExp(`\\b${client}\\b`).test(providers))
    .flatMap(([, askers]) => Object.entries(askers))
    .flatMap(([asker, addresses]) => (files.has(asker) ? addresses : []));
}

/** The services of AWS that a function's code calls. */
function servicesOf(packaged: Packaged, name: string): string[] {
  const commands = [...bundle(packaged, name).matchAll(/"([A-Z]\w+)Command"/g)];
  const services = commands.flatMap(([, command = '']) => calls.get(command)?.action.split(':')[0] ?? []);
  return [...new Set(services)].map((service) => endpoints[service] ?? service).sort();
}

/** Which addresses each function needs, for whoever has to open a network for it. */
export function itNamesItsAddresses(of: () => Packaged): void {
  it('docs/deployment.md names the addresses that each function needs', () => {
    const text = section(read('docs/deployment.md'), '### Which address each function needs');
    const rows = tableRows(text).map(([name = '', own = '', aws = '']) => [
      codeSpans(name)[0],
      codeSpans(own),
      codeSpans(aws).sort(),
    ]);
    const needed = [...functionFiles()].map(([name, file]) => [
      name,
      addressesOf(file),
      servicesOf(of(), name),
    ]);
    expect(rows).toEqual(needed);
  });

  it('attaches those functions to a network that ask for what a company keeps inside', () => {
    const those = [...functionFiles()].filter(([, file]) =>
      addressesOf(file).some((address) => inside.includes(address)),
    );
    expect(those.map(([name]) => name)).toEqual(askingFunctions);
  });
}

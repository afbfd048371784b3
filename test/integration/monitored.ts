import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { stringify } from 'yaml';
import { readConfig } from '../../sandbox/config-files.ts';
import { endpointsOver, type HttpGet } from '../../sandbox/prometheus/endpoints.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Arrivals } from '../../sandbox/world/model/options.ts';
import { http } from '../../shared/aws/platform.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import { prometheusAlertsFile } from '../../tools/generate-prometheus-alerts.ts';
import { pages } from './pages.ts';
import { freePort, start } from './programs.ts';

const serviceName = 'buywhere-api';
/** What the sandbox gives out for a secret's name. */
const sandboxSecret = (name: string) => `sandbox-value-of-${name}`;

/** The sandbox at the speed of real time, watched by a real Prometheus, which calls a real Alertmanager. */
export interface Monitored {
  sandbox: Sandbox;
  service: ServiceConfig;
  prometheusUrl: string;
  rulesFile: string;
  /** Moves time until `done`, at most for so many seconds; says whether it was done. */
  play(seconds: number, done?: () => boolean): Promise<boolean>;
  /** Does real input and output while the time goes on. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** GET as the product does it, with the durations in queries shortened as in the rules. */
  get: HttpGet;
  /** What the programs wrote, and what the webhook was asked. */
  log(): string;
  stop(): Promise<void>;
}

/** Prometheus scrapes every second here, so ten seconds hold as many samples as minutes do elsewhere. */
const shortened = (text: string) => text.replaceAll('[6m:1m]', '[60s:10s]').replaceAll('[1m]', '[10s]');
const shortenedRules = (text: string) =>
  shortened(text).replaceAll('for: 2m', 'for: 3s').replaceAll('interval: 15s', 'interval: 1s');

/** Starts everything; `stop` ends it. Ports are free ones of loopback, files are in a folder of their own. */
export async function monitored(arrivals: Arrivals): Promise<Monitored> {
  const folder = mkdtempSync(join(tmpdir(), 'monitored-'));
  const ports = { pages: await freePort(), prometheus: await freePort(), alertmanager: await freePort() };
  const prometheusUrl = `http://127.0.0.1:${ports.prometheus}`;
  const config = structuredClone(readConfig('production'));
  const service = serviceConfig(config, serviceName);
  service.prometheusUrl = prometheusUrl;
  const ask: HttpGet = (url, timeoutMilliseconds, largestBody) => {
    const short = new URL(url);
    short.searchParams.set('query', shortened(short.searchParams.get('query') ?? ''));
    return sandbox.time.withRealIo(() => http().get(short.href, timeoutMilliseconds, largestBody));
  };
  const get: HttpGet = (url, ...more) =>
    url.startsWith(prometheusUrl) ? ask(url, ...more) : simulated(url, ...more);
  const sandbox = createSandbox({
    config,
    service: serviceName,
    world: { arrivals },
    seed: 1,
    alarmsStartRuns: false,
    httpGet: get,
    start: new Date(),
  });
  const simulated = endpointsOver(sandbox.world, service, sandbox.time.now);
  const server = serve({
    fetch: pages(sandbox, ports.pages).fetch,
    hostname: '127.0.0.1',
    port: ports.pages,
    overrideGlobalObjects: false,
  });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const rulesFile = write('rules.yml', shortenedRules(readFileSync(prometheusAlertsFile, 'utf8')));
  const token = sandboxSecret(config.alertmanager.tokenSecrets[1] ?? '');
  const programs = [
    start('prometheus-alertmanager', [
      `--config.file=${write('alertmanager.yml', stringify(alertmanagerConfig(ports.pages, token)))}`,
      `--storage.path=${folder}/alertmanager`,
      `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
      '--cluster.listen-address=',
    ]),
    start('prometheus', [
      `--config.file=${write('prometheus.yml', stringify(prometheusConfig(ports, rulesFile)))}`,
      `--storage.tsdb.path=${folder}/prometheus`,
      // A message that got lost is sent again soon, instead of after a minute.
      '--rules.alert.resend-delay=2s',
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    ]),
  ];
  const play = async (seconds: number, done = () => false) =>
    (await sandbox.time.runPaced(done, 1, seconds * 1000)) === 'done';
  return {
    sandbox,
    service,
    prometheusUrl,
    rulesFile,
    play,
    async during(work) {
      let over = false;
      const working = work().finally(() => {
        over = true;
      });
      await play(30, () => over);
      return working;
    },
    get,
    log: () =>
      [...programs.map((program) => program.log()), JSON.stringify(sandbox.logs.slice(0, 20))].join('\n'),
    async stop() {
      for (const program of programs) await program.stop();
      server.close();
      sandbox.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function prometheusConfig(ports: { pages: number; alertmanager: number }, rulesFile: string) {
  const job = (name: string, path: string) => ({
    job_name: name,
    metrics_path: path,
    static_configs: [{ targets: [`127.0.0.1:${ports.pages}`], labels: { environment: 'production' } }],
  });
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [rulesFile],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports.alertmanager}`] }] }] },
    scrape_configs: [
      {
        job_name: 'buywhere-api',
        http_sd_configs: [{ url: `http://127.0.0.1:${ports.pages}/targets`, refresh_interval: '1s' }],
        relabel_configs: [{ target_label: 'environment', replacement: 'production' }],
      },
      job('pgbouncer', '/pgbouncer/metrics'),
      job('odd', '/odd/metrics'),
    ],
  };
}

/** As the project's docs show it, with shorter intervals. */
function alertmanagerConfig(port: number, credentials: string) {
  return {
    route: {
      receiver: 'emergency-scaling',
      group_by: ['environment', 'service'],
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: '4s',
    },
    receivers: [
      {
        name: 'emergency-scaling',
        webhook_configs: [
          {
            url: `http://127.0.0.1:${port}/alerts`,
            send_resolved: true,
            http_config: { authorization: { type: 'Bearer', credentials } },
          },
        ],
      },
    ],
  };
}

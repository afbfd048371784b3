import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { defaultPlace } from '../../sandbox/place.ts';
import { readConfigFile } from '../../shared/config/read-config.ts';
import type { Config } from '../../shared/config/schema.ts';
import { root } from '../support/packaged.ts';
import { projectCopy } from '../support/project-copy.ts';

/** The stage that is deployed, and its services: one for each way that an approval can end, so that both play at once. */
export const stage = 'production';
export const approved = 'buywhere-api';
export const rejected = 'buywhere-search';

/** A copy of the project, whose stage answers on loopback; the caller removes it. */
export interface Project {
  folder: string;
  config: Config;
  remove(): void;
}

/**
 * config/production.yml but for what is not so here: a second service; health and Prometheus at `url`, over plain HTTP,
 * where Prometheus is not found, so that CloudWatch counts; no PagerDuty, whose address must have TLS; metrics that are
 * seen as soon as their minute ends; and 20 seconds of calm instead of five minutes, because the functions measure them
 * by the clock, which no emulator shortens. A request for approval expires after 30 seconds.
 */
export function rehearsalProject(url: string): Project {
  const folder = projectCopy();
  const file = join(folder, 'config', `${stage}.yml`);
  const text = readFileSync(file, 'utf8');
  const config = parse(text);
  const second = parse(text.replaceAll(approved, rejected)).services[rejected];
  config.services = { ...config.services, [rejected]: second };
  for (const service of Object.values<Record<string, unknown>>(config.services))
    Object.assign(service, {
      plainHttp: true,
      health: { api: `${url}/health`, mcp: `${url}/health` },
      prometheusUrl: `${url}/prometheus`,
      metricsUrl: `${url}/metrics`,
    });
  config.notices.pagerDuty.enabled = false;
  config.planning.metricDelaySeconds = 5;
  config.timing.calm.forSeconds = 20;
  // A tenth of it, as of every wait.
  Object.assign(config.approval, { expiresAfterSeconds: 300, escalateBeforeSeconds: 140, checkSeconds: 60 });
  writeFileSync(file, stringify(config));
  return {
    folder,
    config: readConfigFile(join(folder, 'config'), stage),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const run = promisify(execFile);

/** `osls deploy`, as docs/deployment.md says, to an AWS at an address. @throws Error with what it printed when it fails. */
export async function oslsDeploy(folder: string, endpoint: string): Promise<void> {
  const program = join(root, 'node_modules/.bin/osls');
  await run(process.execPath, [program, 'deploy', '--stage', stage], {
    cwd: folder,
    timeout: 900_000,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      // The bundler leaves its temporary folders behind.
      TMPDIR: folder,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: defaultPlace.region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
}

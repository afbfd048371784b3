import { readdirSync } from 'node:fs';
import { expect, it, jest } from '@jest/globals';
import type { OutcomeName } from '../../sandbox/report.ts';
import { root } from '../support/packaged.ts';
import { playBriefly } from './harness.ts';

jest.setTimeout(60_000);

/** Each file of events/, delivered in the scenario that it describes, and what becomes of it. */
const outcomes: [string, string, OutcomeName][] = [
  ['alarm-api-down.json', 'api-down', 'held'],
  ['alarm-database-pool-exhausted.json', 'pool-exhaustion', 'held'],
  ['alarm-high-cpu.json', 'traffic-spike', 'restored'],
  ['alarm-high-error-rate.json', 'traffic-spike', 'restored'],
  ['alarm-high-latency-p95.json', 'traffic-spike', 'restored'],
  ['alarm-high-latency-p99.json', 'traffic-spike', 'restored'],
  ['alarm-high-request-rate.json', 'traffic-spike', 'restored'],
  ['alarm-ok.json', 'traffic-spike', 'ignored'],
  ['configure-autoscaling-custom.json', 'quiet', 'configured'],
  ['configure-autoscaling-dry-run.json', 'quiet', 'planned'],
  ['configure-autoscaling.json', 'quiet', 'configured'],
  ['emergency-scaling-console.json', 'traffic-spike', 'restored'],
  ['emergency-scaling-dry-run.json', 'traffic-spike', 'planned'],
  ['emergency-scaling-scale-out.json', 'quiet', 'restored'],
  ['pgbouncer-emergency-console.json', 'pool-too-small', 'restored'],
  ['pgbouncer-emergency-dry-run.json', 'pool-too-small', 'planned'],
  ['preflight-tests.json', 'quiet', 'ready'],
  ['preflight.json', 'quiet', 'ready'],
  ['redis-emergency-dry-run.json', 'quiet', 'planned'],
  ['redis-emergency-flush.json', 'quiet', 'relieved'],
  ['redis-emergency-restore.json', 'quiet', 'ignored'],
  ['redis-emergency.json', 'quiet', 'ignored'],
  ['rollback-console.json', 'quiet', 'rolled-back'],
  ['rollback-desired-count.json', 'quiet', 'rolled-back'],
  ['rollback-redeploy.json', 'quiet', 'rolled-back'],
  ['scale-in-console.json', 'quiet', 'restored'],
];

it('names every file in events/', () => {
  const files = readdirSync(`${root}/events`).filter((file) => file.endsWith('.json'));
  expect(outcomes.map(([file]) => file).sort()).toEqual(files.sort());
});

it.each(outcomes)('%s in %s ends %s', async (event, scenario, outcome) => {
  const { report } = await playBriefly({ event, scenario });

  expect(report).toMatchObject({ outcome });
  expect(report.reasons).not.toEqual([]);
  expect(report.executions.length).toBeGreaterThan(0);
});

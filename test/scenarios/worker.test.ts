import { expect, it, jest } from '@jest/globals';
import { asWorker } from '../../chaos/generate/config.ts';
import { alarmsOf } from '../../shared/alarms/cloudwatch-alarms.ts';
import type { Config } from '../../shared/config/schema.ts';
import { service } from '../support/builders.ts';
import { mails } from './approval-support.ts';
import { notGivenBack, play } from './harness.ts';
import { ownWrites } from './table/support.ts';

jest.setTimeout(60_000);

const change = ({ services }: Config) => {
  for (const [name, one] of Object.entries(services)) services[name] = asWorker(one);
};

it('a worker, which takes its work from a queue, gets tasks by its CPU and gives everything back', async () => {
  const { report, sandbox } = await play({ change });

  expect(report.outcome).toBe('restored');
  expect(notGivenBack(report)).toEqual([]);
  const counts = ownWrites(report).flatMap(({ to }) => (to.desired === undefined ? [] : [to.desired]));
  expect(counts.slice(0, 2)).toEqual([5, 15]);
  expect(counts.at(-1)).toBe(3);
  const outputs = sandbox.engine.executions.map(({ output }) => output);
  const said = JSON.stringify([report.reasons, mails(sandbox)]);
  expect(said).not.toMatch(
    /latency|[Rr]equest rate|error rate|load balancer|target group|API|MCP|DB pool|PgBouncer|unknown/,
  );
  expect(JSON.stringify(outputs)).toContain(
    'nobody counts requests of this service: its CPU says how many tasks it needs',
  );
  expect(said).toContain('current load needs');
  const names = alarmsOf(sandbox.service, sandbox.config).map(({ AlarmName }) => AlarmName);
  expect(names).toContain(`${service.service}-HighCPU`);
  expect(names.join()).not.toMatch(/APIDown|Latency|ErrorRate|RequestRate|Traffic/);
});

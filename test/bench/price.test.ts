import { expect, it } from '@jest/globals';
import { playIncident } from '../../bench/play-incident.ts';
import { priceOf, total } from '../../bench/price/price.ts';
import { usageOf } from '../../bench/price/usage.ts';

const nothing = { transitions: 0, invocations: 0, metricsRequested: 0, published: 0, mails: 0, apiCalls: 0 };
const dollars = (part: string, usage: Partial<typeof nothing>) =>
  priceOf({ ...nothing, ...usage }).find((one) => one.part === part)?.dollars;

it.each([
  ['Step Functions', { transitions: 1000 }, 0.025],
  ['Lambda', { invocations: 1_000_000 }, 0.2 + 13.3334],
  ['CloudWatch', { metricsRequested: 1000 }, 0.01],
  ['DynamoDB', { invocations: 1_000_000 }, 4 * 0.125 + 2 * 0.625],
  ['X-Ray', { invocations: 1_000_000 }, 5],
  ['SNS and SES', { published: 1_000_000, mails: 1000 }, 0.5 + 0.1],
])('prices %s by its formula', (part, usage, expected) => {
  expect(dollars(part, usage)).toBeCloseTo(expected, 6);
});

it('counts what an incident uses', async () => {
  const { sandbox, report } = await playIncident('tasks-cannot-start', 1);
  const usage = usageOf(sandbox);

  expect(usage.transitions).toBe(report.measures.stateTransitions);
  expect(usage.invocations).toBeGreaterThan(5);
  expect(usage.invocations).toBeLessThan(usage.transitions);
  expect(usage.apiCalls).toBeLessThanOrEqual(report.measures.apiCalls);
  const readings = sandbox.aws.calls.filter(({ operation }) => operation === 'GetMetricData').length;
  expect(usage.metricsRequested).toBeGreaterThan(readings);
  expect(total(usage)).toBeGreaterThan(0);
});

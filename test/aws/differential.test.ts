import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { autoscalingCalls } from './calls/autoscaling.ts';
import { cloudWatchCalls } from './calls/cloudwatch.ts';
import { ecsCalls } from './calls/ecs.ts';
import { messageCalls } from './calls/messages.ts';
import { stepFunctionsCalls } from './calls/step-functions.ts';
import { answerOf, compare } from './compare.ts';
import { scalingDifferences } from './differences/autoscaling.ts';
import { cloudWatchDifferences } from './differences/cloudwatch.ts';
import { ecsDifferences } from './differences/ecs.ts';
import { messageDifferences } from './differences/messages.ts';
import { stateDifferences } from './differences/step-functions.ts';
import { motoSide, type Side, sandboxSide } from './two-sides.ts';

jest.setTimeout(60_000);

let sandbox: Side;
let moto: Side;
beforeAll(async () => {
  sandbox = await sandboxSide();
  moto = await motoSide(sandbox);
});
afterAll(async () => {
  await sandbox?.stop();
  await moto?.stop();
});

/** Each call finds what the ones before it left, on both sides. */
const everyCall = [
  ...autoscalingCalls,
  ...ecsCalls,
  ...cloudWatchCalls,
  ...messageCalls,
  ...stepFunctionsCalls,
];

const knownDifferences = [
  ...ecsDifferences,
  ...scalingDifferences,
  ...cloudWatchDifferences,
  ...messageDifferences,
  ...stateDifferences,
];

describe('the sandbox and moto answer the same, but for what is listed', () => {
  it.each(everyCall.map((call) => [call.name, call] as const))('%s', async (name, call) => {
    const ours = await answerOf(() => call.make(sandbox.clients));
    const theirs = await answerOf(() => call.make(moto.clients));
    const found = compare(ours, theirs).map(({ path, sandbox, other }) => [name, path, sandbox, other]);
    const listed = knownDifferences.flatMap(({ rows }) => rows).filter(([each]) => each === name);
    expect(found.sort()).toEqual(listed.sort());
  });
});

describe('the list of differences', () => {
  it('names only calls that are made, each difference once', () => {
    const rows = knownDifferences.flatMap((difference) => difference.rows);
    const names = everyCall.map(({ name }) => name);
    expect(rows.filter(([call]) => !names.includes(call))).toEqual([]);
    expect(new Set(rows.map((row) => row.join(' | '))).size).toBe(rows.length);
  });

  it('gives for each the AWS document that decides it', () => {
    for (const { aws, decides } of knownDifferences) {
      expect(aws).toMatch(/\.$/);
      expect(decides).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
    }
  });
});

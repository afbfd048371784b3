import { expect, it, jest } from '@jest/globals';
import { codesAt } from '../../chaos/facts/values.ts';
import { notGivenBack, play } from './harness.ts';

jest.setTimeout(120_000);

const events = [0, 1000].flatMap((at) => {
  const time = (seconds: number) =>
    new Date(Date.parse('2026-10-02T08:00:00Z') + seconds * 1000).toISOString();
  return [
    { createdAt: time(at), message: '(service buywhere-api) has started 1 tasks: (task 0a).' },
    { createdAt: time(at + 300), message: '(service buywhere-api) has reached a steady state.' },
  ];
});

it.each([
  ['its starts are known from its events', { taskStartSeconds: 300, serviceEvents: events }, true],
  ['nothing is known of its starts', { taskStartSeconds: 300 }, false],
])('a service whose tasks take five minutes recovers and goes back: %s', async (_, circumstances, known) => {
  const { report, sandbox } = await play({ circumstances });
  const plans = sandbox.logs.filter(({ fields }) => fields.action === 'scale-out');

  expect(report.outcome).toBe('restored');
  expect(notGivenBack(report)).toEqual([]);
  expect(plans.some(({ fields }) => codesAt(fields, 'reasons').includes('start-learned'))).toBe(known);
});

import type { ServiceEvent } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import { recentStartSeconds } from '../../../shared/aws/recent-starts.ts';
import { secondsLater } from '../../support/builders.ts';

const event = (seconds: number, message: string): ServiceEvent => ({
  createdAt: new Date(secondsLater(seconds)),
  message: `(service buywhere-api) ${message}`,
});
const started = (seconds: number) => event(seconds, 'has started 2 tasks: (task 0a) (task 0b).');
const steady = (seconds: number) => event(seconds, 'has reached a steady state.');
const start = (seconds: number, took: number) => [started(seconds), steady(seconds + took)];
/** A start with something else in the middle. */
const interrupted = (message: string) => (seconds: number) => [
  started(seconds),
  event(seconds + 50, message),
  steady(seconds + 90),
];

describe('how long tasks lately took until they served', () => {
  it.each<[string, ServiceEvent[], number | undefined]>([
    ['the median of several', [...start(0, 300), ...start(1000, 290), ...start(2000, 340)], 300],
    ['of two the longer one', [...start(0, 60), ...start(1000, 90)], 90],
    ['whole seconds', [...start(0, 60.4), ...start(1000, 60.4)], 60],
    ['in any order, as ECS shows the newest first', [...start(0, 60), ...start(1000, 90)].reverse(), 90],
    [
      'the targets that are registered meanwhile change nothing',
      [...start(0, 60), started(1000), event(1040, 'registered 2 targets in (target-group x)'), steady(1060)],
      60,
    ],
    ['the last of several waves', [started(0), started(100), steady(190), ...start(1000, 90)], 90],
    ['up to half an hour', [...start(0, 1800), ...start(3000, 1800)], 1800],
    [
      'a start that takes longer waited for something else',
      [...start(0, 1801), ...start(3000, 1801)],
      undefined,
    ],
    ['one start is no measure', start(0, 300), undefined],
    ['a steady state alone, as every six hours', [steady(0), steady(21_600)], undefined],
    ['starts that have not ended', [started(0), started(100)], undefined],
    [
      'a deployment also waits for what goes',
      [0, 1000].flatMap(interrupted('has stopped 1 running tasks: (task 0c).')),
      undefined,
    ],
    [
      'and for what drains',
      [0, 1000].flatMap(interrupted('has begun draining connections on 1 tasks.')),
      undefined,
    ],
    [
      'and for what leaves its target group',
      [0, 1000].flatMap(interrupted('deregistered 1 targets in (target-group x)')),
      undefined,
    ],
    [
      'events without a time or a text',
      [{ message: 'has started 1 tasks' }, { createdAt: new Date() }],
      undefined,
    ],
    ['none', [], undefined],
  ])('%s', (_, events, seconds) => {
    expect(recentStartSeconds(events)).toBe(seconds);
  });
});

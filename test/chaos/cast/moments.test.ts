import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createMoments } from '../../../chaos/cast/moments.ts';
import type { Operation } from '../../../chaos/record/recording.ts';
import type { Execution } from '../../../sandbox/engine/history/execution.ts';
import { execution, invocation, through } from '../recordings.ts';

const run = execution('scale-in');
const step = { machine: 'scale-in', state: 'Take one step down', visit: 2 };
const call: Operation = { name: 'ecs:DescribeServices', at: 0 };

/** Moments at which an execution comes through this state so many times. */
function visited(times: number, of: Execution = run) {
  const moments = createMoments();
  const enter = () => {
    for (const event of through(step.state)) moments.onEvent(of, event);
  };
  const callsMade = (...operations: Operation[]) =>
    moments.onCall(invocation('scale-in', of.arn, { operations }));
  return { moments, enterAll: () => Array.from({ length: times }, enter), callsMade };
}

describe('something happens', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('so long after a state was entered for the nth time', () => {
    const act = jest.fn();
    const { moments, enterAll } = visited(2);
    moments.at({ ...step, afterSeconds: 5 }, act);
    enterAll();
    jest.advanceTimersByTime(4999);
    expect([act.mock.calls.length, moments.pending()]).toEqual([0, true]);
    jest.advanceTimersByTime(1);
    expect([act.mock.calls.length, moments.pending()]).toEqual([1, false]);
  });

  it('in the middle of a step right before a call, once, though the step is repeated', () => {
    const act = jest.fn();
    const { moments, enterAll, callsMade } = visited(2);
    moments.at({ ...step, call: 3 }, act);
    enterAll();
    callsMade();
    callsMade(call);
    expect(act).not.toHaveBeenCalled();
    callsMade(call, call);
    callsMade(call, call, call);
    callsMade(call, call);
    expect(act).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['an earlier visit', 1, run],
    ['another machine', 2, execution('rollback')],
  ])('not at %s', (_what, times, of) => {
    const act = jest.fn();
    const { moments, enterAll, callsMade } = visited(times, of);
    moments.at({ ...step, call: 1 }, act);
    enterAll();
    callsMade();
    expect(act).not.toHaveBeenCalled();
  });
});

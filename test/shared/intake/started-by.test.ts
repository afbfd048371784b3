import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../../../shared/core/errors.ts';
import { isClaimed } from '../../../shared/intake/started-by.ts';
import { arn, configWith } from '../../support/builders.ts';

const config = configWith(({ services }, service) => Object.assign(services, { checkout: service }));
const run = (name: string) => arn('emergency-scaling', name);
const of = (startedBy?: string, part: object = { environment: 'production', service: 'checkout' }) => ({
  ...part,
  ...(startedBy === undefined ? {} : { startedBy }),
});

/** Looks up the inputs of earlier runs, and notes which it was asked for. */
function lookup(inputs: Record<string, unknown> = {}) {
  const looked: string[] = [];
  const inputOf = async (execution: string) => {
    looked.push(execution);
    return execution in inputs ? JSON.stringify(inputs[execution]) : undefined;
  };
  return { looked, claimed: (input: unknown) => isClaimed(input, { arn: run('this') }, inputOf, config) };
}

describe('who asked for a run', () => {
  it.each<[string, unknown, boolean]>([
    ['a person typed it', of(), true],
    ['an alert named itself', { ...of(), source: 'alertmanager' }, false],
    ['nothing was given', undefined, false],
  ])('is known from its own input where %s', async (_, input, claimed) => {
    const runs = lookup();
    expect(await runs.claimed(input)).toBe(claimed);
    expect(runs.looked).toEqual([]);
  });

  it('is who asked for the first of a chain, of whichever workflow', async () => {
    const back = arn('scale-in', 'second');
    const runs = lookup({ [back]: of(run('first')), [run('first')]: { ...of(), source: 'alertmanager' } });
    expect(await runs.claimed(of(back))).toBe(false);
    expect(runs.looked).toEqual([back, run('first')]);
  });

  it('is anybody where a circle has no first: fifty runs are looked up', async () => {
    const runs = lookup({ [run('this')]: of(run('this')) });
    expect(await runs.claimed(of(run('this')))).toBe(true);
    expect(runs.looked).toHaveLength(50);
  });
});

describe('a run that says who started it', () => {
  const foreign = run('first').replace('123456789012', '999999999999');
  const first = { [run('first')]: of(), [foreign]: of() };
  const unnamed = { environment: 'production' };
  const other = { environment: 'production', service: 'buywhere-api' };

  it.each<[string, unknown, Record<string, unknown>, string[]]>([
    ['that run does not exist', of(run('gone')), first, [run('gone')]],
    ['that run is of another account', of(foreign), first, []],
    ['it is no run at all', of('Ada'), first, []],
    [
      'that run is about another service',
      of(run('first')),
      { [run('first')]: of(undefined, other) },
      [run('first')],
    ],
    [
      'neither tells its service',
      of(run('first'), unnamed),
      { [run('first')]: of(undefined, unnamed) },
      [run('first')],
    ],
    ['neither tells its service and that run does not exist', of(run('gone'), unnamed), {}, [run('gone')]],
  ])('is refused where %s', async (_, input, inputs, expected) => {
    const runs = lookup(inputs);
    await expect(runs.claimed(input)).rejects.toThrow(InvalidInputError);
    expect(runs.looked).toEqual(expected);
  });
});

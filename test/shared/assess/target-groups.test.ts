import { describe, expect, it } from '@jest/globals';
import { asWorker } from '../../../chaos/generate/config.ts';
import {
  assertItsTargetGroup,
  swappedWith,
  withItsTargetGroup,
} from '../../../shared/assess/target-groups.ts';
import { service, targetGroup, view } from '../../support/builders.ts';

const blue = targetGroup;
const green = 'targetgroup/green/2';
const other = 'targetgroup/other/3';
type Groups = { group: string; alternate?: string }[];
const seen = (targetGroups?: Groups) => ({ value: view(targetGroups ? { targetGroups } : {}) });

describe('the target group of the configuration', () => {
  it.each<[string, Groups | undefined, string | undefined]>([
    ['swaps with the alternate one', [{ group: blue, alternate: green }], green],
    [
      'swaps, though another load balancer is listed first',
      [
        { group: other, alternate: 'x' },
        { group: blue, alternate: green },
      ],
      green,
    ],
    ['is the alternate one itself', [{ group: green, alternate: blue }], green],
    ['has no alternate one', [{ group: blue }], undefined],
    [
      'has none, though another load balancer has',
      [{ group: blue }, { group: other, alternate: green }],
      undefined,
    ],
    ['is not known', undefined, undefined],
  ])('%s', (_, groups, expected) => {
    expect(swappedWith(service, seen(groups))).toBe(expected);
  });

  it.each<[string, Groups | undefined]>([
    ['that the service has', [{ group: other }, { group: blue }]],
    ['that the service swaps with', [{ group: green, alternate: blue }]],
    ['of a service that shows none', undefined],
  ])('%s is fine', (_, groups) => {
    expect(withItsTargetGroup(service, seen(groups))).toEqual(seen(groups).value);
  });

  it('a worker has none, whatever the service shows', () => {
    const seenByEcs = seen([{ group: other, alternate: green }, { group: blue }]);
    expect(swappedWith(asWorker(service), seenByEcs)).toBeUndefined();
    expect(withItsTargetGroup(asWorker(service), seenByEcs)).toEqual(seenByEcs.value);
  });

  it('that the service does not have makes it unusable, with a sentence that names both', () => {
    expect(withItsTargetGroup(service, seen([{ group: other, alternate: green }]))).toEqual({
      unknown: {
        cause: 'not-usable',
        message: `service buywhere-api in cluster buywhere-production does not have the configured target group ${blue}; it has ${other} and ${green}: correct targetGroup in config/`,
      },
    });
  });

  it('makes it unusable also where no other one swaps', () => {
    const message = expect.stringContaining(`it has ${other}: correct`);
    expect(withItsTargetGroup(service, seen([{ group: other }]))).toEqual({
      unknown: { cause: 'not-usable', message },
    });
  });

  it('is asked for before a write, too', () => {
    const groups = (...targetGroups: Groups) => view({ targetGroups });
    expect(() => assertItsTargetGroup(service, groups({ group: blue }))).not.toThrow();
    expect(() => assertItsTargetGroup(service, groups({ group: other }))).toThrow(
      expect.objectContaining({
        name: 'ServiceNotUsableError',
        message: expect.stringContaining(`it has ${other}: correct targetGroup in config/`),
      }),
    );
  });

  it('stays unknown with the service', () => {
    expect(swappedWith(service, { unknown: { cause: 'late' } })).toBeUndefined();
    expect(withItsTargetGroup(service, { unknown: { cause: 'late' } })).toEqual({
      unknown: { cause: 'late' },
    });
  });
});

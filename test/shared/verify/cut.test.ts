import { describe, expect, it } from '@jest/globals';
import { because } from '../../../shared/format/reasons.ts';
import type { Check } from '../../../shared/verify/check.ts';
import { cut } from '../../../shared/verify/cut.ts';
import { verify } from '../../../shared/verify/verify.ts';
import {
  assessment,
  plan,
  production,
  registered,
  request,
  secondsLater,
  service,
  view,
} from '../../support/builders.ts';

/** A scheduled action has set the count to six, after this run asked for nine. */
const seen = assessment({
  service: view({ desired: 6, running: 6 }),
  autoscaling: registered({
    activities: [{ at: secondsLater(-30), count: 6, max: 6, text: 'Setting max capacity to 6' }],
  }),
});

describe('a count that was cut while a scale-out is checked', () => {
  const more = { state: 'more', reasons: [because('cut-by-autoscaling', { from: 9, to: 6 })] };

  it('is planned for again, before anything else is judged', () => {
    expect(cut({ plan: plan() }, seen)).toEqual(more);
    expect(
      verify({ goal: 'recovered', request: request(), plan: plan() }, seen, service, production),
    ).toMatchObject(more);
  });

  it.each<[string, Pick<Check, 'plan' | 'late'>]>([
    ['ECS has not shown the own count yet', { plan: plan(), late: true }],
    ['the plan was no scale-out', { plan: plan({ action: 'watch' }) }],
    ['the plan asked for no count', { plan: plan({ desired: undefined }) }],
    ['there is no plan', {}],
    ['the plan asked for as many', { plan: plan({ desired: { from: 3, to: 6 } }) }],
  ])('is none where %s', (_, check) => {
    expect(cut(check, seen)).toBeUndefined();
  });
});

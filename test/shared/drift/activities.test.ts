import { expect, it } from '@jest/globals';
import { activitiesOf } from '../../../shared/drift/activities.ts';
import { registered, throttled } from '../../support/builders.ts';

const activities = [{ at: '2026-10-02T17:00:00.000Z', count: 9, text: '' }];

it('are known with a target and without one; none where autoscaling is unknown', () => {
  expect(activitiesOf(registered({ activities }))).toEqual(activities);
  expect(activitiesOf({ absent: true, activities })).toEqual(activities);
  expect(activitiesOf({ absent: true })).toEqual([]);
  expect(activitiesOf(throttled)).toEqual([]);
});

import { expect, it } from '@jest/globals';
import * as errors from '../../../shared/core/errors.ts';

const classes = Object.values(errors).filter((one) => typeof one === 'function');

it.each(classes.map((one) => [one.name, one] as const))('%s is thrown by that name', (name, ErrorClass) => {
  const error = new ErrorClass('no');
  expect([error.name, error.message, error instanceof Error]).toEqual([name, 'no', true]);
});

it('every error that a state machine matches is one of them', () => {
  expect(classes.map(({ name }) => name)).toEqual(expect.arrayContaining([...errors.errorNames]));
});

import { expect, it } from '@jest/globals';
import { because } from '../../../../shared/format/reasons.ts';

const holder = { machine: 'scale-in', owner: 'arn:aws:states:ap-southeast-1:1:execution:m:run-7' };
const incident = 'api-20261002T171000Z-abcdef';

it.each([
  [because('lock-held'), 'this run holds the lock already'],
  [because('event-handled', { event: 'event-1' }), 'the event event-1 was handled before'],
  [because('lock-joined', holder), 'scale-in run-7 is handling this service already'],
  [because('lock-busy', holder), 'scale-in run-7 is still running for this service'],
  [
    because('incident-open', { incident }),
    `incident ${incident} is open: its settings have to be restored first (scale-in)`,
  ],
  [
    because('incident-continues', { incident }),
    `goes on with incident ${incident}, whose settings are not restored yet`,
  ],
  [because('runs-capped', { limit: 3 }), 'the limit of 3 emergency runs within an hour is reached'],
  [
    because('runs-capped', { limit: 3, superseded: holder.owner }),
    'the limit of 3 emergency runs within an hour is reached; ' +
      'the scale-in that was under way is stopped, and the service stays scaled out',
  ],
  [because('lock-not-taken'), 'dry run: no lock is taken'],
])('the lock says why: %#', ({ text }, sentence) => {
  expect(text).toBe(sentence);
});

it('keeps its numbers beside the sentence', () => {
  expect(because('lock-busy', holder)).toEqual({
    code: 'lock-busy',
    ...holder,
    text: expect.any(String),
  });
});

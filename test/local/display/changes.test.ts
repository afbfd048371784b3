import { expect, it } from '@jest/globals';
import { whoWrote } from '../../../local/display/changes.ts';

const autoscaling = (cause?: string) =>
  whoWrote({ who: 'application-autoscaling', ...(cause === undefined ? {} : { cause }) });

it('says who wrote, and of autoscaling what made it do so', () => {
  expect(whoWrote({ who: 'person' })).toBe('person');
  expect(autoscaling('monitor alarm high in state ALARM triggered policy cpu')).toBe(
    'Auto Scaling (policy cpu)',
  );
  expect(autoscaling('scheduled action name evening was triggered')).toBe(
    'Auto Scaling (scheduled action evening)',
  );
  expect(autoscaling('maximum capacity was set to 6')).toBe('Auto Scaling (max is 6)');
  expect(autoscaling('minimum capacity was set to 4')).toBe('Auto Scaling (min is 4)');
  expect(autoscaling()).toBe('Auto Scaling');
});

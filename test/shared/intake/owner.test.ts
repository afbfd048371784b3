import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../../../shared/core/errors.ts';
import { aboutAlarm, requireOwner } from '../../../shared/intake/owner.ts';
import { production } from '../../support/builders.ts';
import { withShop } from '../../support/other-account.ts';

const home = { account: '123456789012', region: 'ap-southeast-1' };
const shop = { account: '222233334444', region: 'eu-west-1' };
const ofCheckout = 'checkout-HighCPU';
const ofApi = 'buywhere-api-HighCPU';

const input = (alarmName: string, origin: object = {}) => ({
  machine: 'emergency-scaling' as const,
  input: { 'detail-type': 'CloudWatch Alarm State Change', ...origin, detail: { alarmName } },
  execution: {
    arn: `arn:aws:states:${home.region}:${home.account}:execution:emergency-scaling:run-1`,
    name: 'run-1',
    startedAt: '2026-10-02T17:00:00Z',
  },
});

const refusal = (alarmName: string, origin?: object, config = withShop()): string => {
  try {
    requireOwner(input(alarmName, origin), config);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
  return 'taken';
};

describe('the account that an alarm event comes from', () => {
  it.each<[string, string, object]>([
    ['of a service in another account', ofCheckout, shop],
    ['of a service of the stage itself', ofApi, home],
  ])('is the right one: %s', (_, alarm, origin) => {
    expect(refusal(alarm, origin)).toBe('taken');
  });

  it.each<[string, string, object, string]>([
    ['a third one', ofCheckout, { ...shop, account: '999900001111' }, '999900001111 in eu-west-1'],
    ['the stage itself', ofCheckout, home, '123456789012 in ap-southeast-1'],
    [
      'another Region of the right one',
      ofCheckout,
      { ...shop, region: 'us-east-1' },
      '222233334444 in us-east-1',
    ],
    ['none', ofCheckout, {}, 'none in none'],
  ])('is refused for the shop where it is %s', (_, alarm, origin, from) => {
    expect(refusal(alarm, origin)).toBe(
      `account: alarms of checkout come from 222233334444 in eu-west-1; this event is from ${from}`,
    );
  });

  it('is refused for the stage where it is that of the shop', () => {
    expect(refusal(ofApi, shop)).toBe(
      'account: alarms of buywhere-api come from 123456789012 in ap-southeast-1; this event is from 222233334444 in eu-west-1',
    );
  });

  it('does not matter for what is no alarm of a service, and where no other account is named', () => {
    expect(refusal('other-HighCPU', {})).toBe('taken');
    expect(refusal(ofApi, shop, production)).toBe('taken');
    expect(() =>
      requireOwner({ ...input(ofApi), input: { environment: 'production' } }, withShop()),
    ).not.toThrow();
  });
});

it('is known by the alarm which service an event is about', () => {
  expect(aboutAlarm(input(ofCheckout), withShop())).toEqual({ service: 'checkout', execution: 'run-1' });
  expect(aboutAlarm(input('other-HighCPU'), withShop())).toBeUndefined();
  expect(aboutAlarm({ ...input(ofApi), input: 'text' }, withShop())).toBeUndefined();
});

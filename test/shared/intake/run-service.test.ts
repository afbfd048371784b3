import { expect, it } from '@jest/globals';
import { serviceOfInput } from '../../../shared/intake/run-service.ts';
import { configWith, production } from '../../support/builders.ts';

const two = configWith(({ services }, service) =>
  Object.assign(services, { checkout: { ...service, key: 'checkout' } }),
);
const alarm = (alarmName: string) => ({
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName },
});

it.each<[string, unknown, string | undefined]>([
  ['an alarm of one of the services', alarm('production-checkout-HighCPU'), 'checkout'],
  ['an alarm of another one', alarm('billing-HighCPU'), undefined],
  ['an input that names its service', { environment: 'production', service: 'checkout' }, 'checkout'],
  ['an input that names none, where several are configured', { environment: 'production' }, undefined],
  ['a service that is not configured', { environment: 'production', service: 'billing' }, undefined],
  ['what every object inherits', { environment: 'production', service: 'constructor' }, undefined],
  ['another environment', { environment: 'staging', service: 'checkout' }, undefined],
  ['something else', { approvalId: 'x' }, undefined],
])('the service of %s', (_, input, service) => {
  expect(serviceOfInput(JSON.stringify(input), two)).toBe(service);
});

it('is the only one that is configured where the input names none', () => {
  expect(serviceOfInput('{"environment":"production"}', production)).toBe('buywhere-api');
});

it.each([null, undefined, '', 'not JSON', '"text"'])('is not known from %j', (input) => {
  expect(serviceOfInput(input, production)).toBeUndefined();
});

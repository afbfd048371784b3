import { expect, it } from '@jest/globals';
import { addressOf } from '../../../../shared/config/servers/address.ts';

it.each([
  [{ host: 'cache.internal' }, 'cache.internal:6379'],
  [{ host: 'cache.internal', port: 7000 }, 'cache.internal:7000'],
  [{ host: 'fd00::1', port: 7000 }, '[fd00::1]:7000'],
])('%j is where a server is', (configured, text) => {
  expect(addressOf(configured, 6379)).toBe(text);
});

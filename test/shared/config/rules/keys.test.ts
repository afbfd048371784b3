import { describe, expect, it } from '@jest/globals';
import { checkConfig } from '../../../../shared/config/config.ts';
import { alarmStem, keyOf } from '../../../../shared/config/packaged.ts';
import { production, service } from '../../../support/builders.ts';

const elsewhere = { cluster: 'other', service: 'buywhere-api' };
const shop = { account: '222233334444', region: 'eu-west-1', externalId: 'of-the-shop' };

/** Production with these services besides, each of another cluster or of what is given. */
function checkedWith(more: Record<string, object>, accounts: object = {}) {
  const others = Object.entries(more).map(([key, one]) => [key, { ...service, ...elsewhere, ...one }]);
  return checkConfig({
    ...structuredClone(production),
    accounts,
    services: { ...production.services, ...Object.fromEntries(others) },
  });
}
const faultsOf = (...given: Parameters<typeof checkedWith>): string[] => {
  const checked = checkedWith(...given);
  return 'faults' in checked ? checked.faults.map(({ key, message }) => `${key}: ${message}`) : [];
};

describe('the key of a service', () => {
  it('tells two ECS services of one name in two clusters apart', () => {
    const checked = checkedWith({ checkout: {} });
    if ('faults' in checked) throw new Error(checked.faults.map(({ message }) => message).join());
    const names = Object.values(checked.config.services).map((one) => [
      keyOf(one),
      one.service,
      alarmStem(one, checked.config),
    ]);
    expect(names).toEqual([
      ['buywhere-api', 'buywhere-api', 'buywhere-api'],
      ['checkout', 'buywhere-api', 'production-checkout'],
    ]);
  });

  it('is not written down where it is the name of the ECS service, and a checked configuration is taken again', () => {
    const checked = checkedWith({ checkout: {} });
    expect(production.services['buywhere-api']).not.toHaveProperty('key');
    expect('config' in checked && checkConfig(checked.config)).toEqual(checked);
  });

  it('may be that of one service where another is named so in ECS', () => {
    expect(faultsOf({ checkout: {}, cart: { cluster: 'third', service: 'checkout' } })).toEqual([]);
  });

  it.each<[Record<string, object>, string]>([
    [{ 'check out': {} }, 'must have a key of 1 to 200 letters, digits, hyphens and underscores'],
    [{ 'caf\u00e9': {} }, 'must have a key of 1 to 200 letters, digits, hyphens and underscores'],
    [{ ['k'.repeat(201)]: {} }, 'must have a key of 1 to 200 letters, digits, hyphens and underscores'],
    [{ 'a/b': {} }, 'must have a key of 1 to 200 letters, digits, hyphens and underscores'],
    [{ checkout: { key: 'cart' } }, 'must be left out: the entry has it'],
    [
      { checkout: { cluster: service.cluster } },
      'must differ from services.buywhere-api in cluster, service or account',
    ],
    [{ checkout: {}, Checkout: { cluster: 'third' } }, 'must have a key that differs from checkout in more'],
    [{ 'a-b': {}, aDashb: { cluster: 'third' } }, 'must have a key that differs from a-b in more than case'],
    [
      { api: {}, 'production-api': { cluster: 'third', service: 'production-api' } },
      "must have a key that differs from api in more than the stage's name before it",
    ],
  ])('%j: %s', (more, fault) => {
    const faults = faultsOf(more);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
    expect(faults[0]).toMatch(/^services\./);
  });

  it('may name an ECS service of the same cluster and name in another account, and one in each', () => {
    const copy = { cluster: service.cluster, account: 'shop' };
    expect(faultsOf({ checkout: copy }, { shop })).toEqual([]);
    const accounts = { shop, market: { ...shop, region: 'us-east-1' } };
    expect(faultsOf({ checkout: copy, cart: { ...copy, account: 'market' } }, accounts)).toEqual([]);
    const alias = { shop, market: shop };
    expect(faultsOf({ checkout: copy, cart: { ...copy, account: 'market' } }, alias)).toEqual([
      expect.stringContaining('services.cart: must differ from services.checkout'),
    ]);
  });
});

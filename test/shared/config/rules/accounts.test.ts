import { describe, expect, it } from '@jest/globals';
import { functionNames } from '../../../../resources/names.ts';
import { checkConfig } from '../../../../shared/config/config.ts';
import { production } from '../../../support/builders.ts';

const shop = { account: '222233334444', region: 'eu-west-1', externalId: 'of-the-shop' };
const [own] = Object.values(production.services);

/** Production with a second service in another account, and what a case changes of the two. */
function faultsOf(change: { shop?: object; service?: object; config?: object; accounts?: object }): string[] {
  const value = {
    ...structuredClone(production),
    accounts: change.accounts ?? { shop: { ...shop, ...change.shop } },
    services: {
      ...production.services,
      checkout: { ...own, service: 'checkout', account: 'shop', ...change.service },
    },
    ...change.config,
  };
  const checked = checkConfig(value);
  return 'faults' in checked ? checked.faults.map(({ key, message }) => `${key}: ${message}`) : [];
}

describe('accounts of services', () => {
  it('are taken as they should be, and none need be named', () => {
    expect(faultsOf({})).toEqual([]);
    expect(checkConfig(production)).toMatchObject({ config: { accounts: {} } });
  });

  it.each([
    [{ shop: { account: 222_233_334_444 } }, 'accounts.shop.account: expected string, received number'],
    [{ shop: { account: '22223333444' } }, 'accounts.shop.account: must be the 12 digits of an AWS account'],
    [{ shop: { region: 'Ireland' } }, 'accounts.shop.region: must be an AWS Region such as eu-west-1'],
    [{ shop: { externalId: 'a b' } }, 'accounts.shop.externalId: must be 2 to 1,224 letters'],
    [{ shop: { externalId: undefined } }, 'accounts.shop.externalId: is missing (text)'],
    [{ shop: { role: 'any' } }, 'accounts.shop: unknown key "role"'],
    [{ shop: { iam: { rolePath: 'teams' } } }, 'accounts.shop.iam.rolePath: must begin and end with a slash'],
    [
      { accounts: { 'The Shop': shop } },
      'accounts.The Shop: an account must have a name of lower case letters, digits and hyphens',
    ],
    [
      { accounts: { 'shop!': shop } },
      'accounts.shop!: an account must have a name of lower case letters, digits and hyphens',
    ],
    [{ service: { account: 'shops' } }, 'services.checkout.account: must be one of accounts: shop'],
    [{ service: { account: 'constructor' } }, 'services.checkout.account: must be one of accounts: shop'],
    [{ accounts: {} }, 'services.checkout.account: must be named in accounts, which has none'],
    [
      { service: { account: undefined } },
      'accounts.shop: has no service: name it as account in an entry of services, or take it out',
    ],
    [
      { shop: { region: 'cn-north-1' } },
      'accounts.shop.region: must be in the partition aws, as region is: no role reaches into another',
    ],
    [
      { shop: { iam: { roleNamePrefix: 'the-platform-team-of-the-whole-company-' } } },
      'accounts.shop: gives roles such as the-platform-team-of-the-whole-company-production-shop-read-autoscaling: 71 characters, IAM allows 64',
    ],
  ])('%j: %s', (change, fault) => {
    // The account that no service names any more may be told besides.
    expect(faultsOf(change)[0]).toContain(fault);
  });

  it('have roles whose longest name is that of these functions', () => {
    const reading = functionNames().filter((name) => name.length > 'read-autoscaling'.length);
    expect(reading).toEqual([]);
  });
});

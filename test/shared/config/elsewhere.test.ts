import { describe, expect, it } from '@jest/globals';
import { elsewhereOf, regionOf } from '../../../shared/config/elsewhere.ts';
import { withShop } from '../../support/other-account.ts';

const execution = 'e4db7d99-4a39-7823-24cb-6ec4a7925476_5f0e1d2c-7b6a-4c3d-9e8f-0a1b2c3d4e5f';

describe('where a function finds a service', () => {
  it('is here for one without an account, and for one that is not configured', () => {
    const found = ['buywhere-api', 'constructor', 'other'].map((service) =>
      elsewhereOf({ service, execution }, 'assess', withShop()),
    );
    expect(found).toEqual([undefined, undefined, undefined]);
  });

  it('is the account and Region that it names, by the role of this function there', () => {
    expect(elsewhereOf({ service: 'checkout', execution }, 'assess', withShop())).toEqual({
      region: 'eu-west-1',
      role: 'arn:aws:iam::222233334444:role/emergency-scaling-production-shop-assess',
      externalId: 'of-the-shop',
      session: 'e4db7d99-4a39-7823-24cb-6ec4a7925476_5f0e1d2c-7b6a-4c3d-9e8f-0a1',
    });
  });

  it('is in the Region of the account, or of the stage', () => {
    const regions = ['checkout', 'buywhere-api'].map((service) => regionOf(service, withShop()));
    expect(regions).toEqual(['eu-west-1', 'ap-southeast-1']);
  });

  it('has roles with the path and prefix that the organisation asks for, in the partition of the Region', () => {
    const config = withShop({
      region: 'us-gov-west-1',
      iam: { rolePath: '/teams/', roleNamePrefix: 'acme-' },
    });
    expect(elsewhereOf({ service: 'checkout', execution }, 'scale-out', config)?.role).toBe(
      'arn:aws-us-gov:iam::222233334444:role/teams/acme-production-shop-scale-out',
    );
  });

  it.each([
    ['Größe (neu)!', 'Gr--e--neu--'],
    ['a', 'a-'],
    ['by.hand+1=2,@x', 'by.hand+1=2,@x'],
    ['x'.repeat(80), 'x'.repeat(64)],
  ])('has sessions that STS takes: %s', (name, session) => {
    const found = elsewhereOf({ service: 'checkout', execution: name }, 'assess', withShop());
    expect(found?.session).toBe(session);
  });
});

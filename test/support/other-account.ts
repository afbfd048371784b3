import type { Config } from '../../shared/config/schema.ts';
import { production } from './builders.ts';

const [own] = Object.values(production.services);

/** Production with a second service, `checkout`, in another account and Region. */
export const withShop = (shop: Partial<Config['accounts'][string]> = {}): Config => ({
  ...production,
  accounts: {
    shop: { account: '222233334444', region: 'eu-west-1', externalId: 'of-the-shop', iam: {}, ...shop },
  },
  services: {
    ...production.services,
    ...(own && { checkout: { ...own, service: 'checkout', account: 'shop' } }),
  },
});

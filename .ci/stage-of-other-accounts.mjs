// Prints a configuration with one service of its own and one in another account, made of staging's: for .ci/run to package.
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const staging = parse(readFileSync('config/staging.yml', 'utf8'), { merge: true });
const [service] = Object.values(staging.services);
const stage = {
  ...staging,
  environment: 'other-accounts',
  services: {
    api: { ...service, service: 'api' },
    checkout: { ...service, service: 'checkout', account: 'shop' },
  },
  accounts: { shop: { account: '222233334444', region: 'eu-west-1', externalId: 'of-the-shop' } },
};
process.stdout.write(stringify(stage));

// Prints a configuration of as many services as its first argument says, in four clusters, made of staging's one: for tests and
// .ci/run to package.
import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const staging = parse(readFileSync('config/staging.yml', 'utf8'), { merge: true });
const [service] = Object.values(staging.services);
const names = Array.from({ length: Number(process.argv[2] ?? 200) }, (_, index) => `service-${index}`);
const services = names.map((name, index) => [
  name,
  // Every second one has a name in its cluster that others have in theirs.
  {
    ...service,
    cluster: `cluster-${index % 4}`,
    service: index % 2 === 0 ? name : `api-${Math.floor(index / 4)}`,
  },
]);
const stage = { ...staging, environment: 'many-services', services: Object.fromEntries(services) };
process.stdout.write(stringify(stage));

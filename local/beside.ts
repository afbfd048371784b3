import { secrets } from '../shared/aws/secrets.ts';
import { caches } from '../shared/cache/connection.ts';
import type { Basics, Resources } from '../shared/lambda/context.ts';
import { timer } from '../shared/lambda/step.ts';
import { databases } from '../shared/pool/console.ts';

/** What stands beside a service, its pools and its cache, is read with a person's own rights and network. */
export type BesideTools = Pick<Resources, 'secrets' | 'databases' | 'caches'> & Pick<Basics, 'after'>;
export const ofPerson = (): BesideTools => ({
  secrets: secrets(),
  databases: databases(),
  caches: caches(),
  after: timer,
});

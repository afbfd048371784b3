import { secrets } from '../shared/aws/secrets.ts';
import type { Basics, Resources } from '../shared/lambda/context.ts';
import { timer } from '../shared/lambda/step.ts';

/** What stands beside a service, its pools and its cache, is read with a person's own rights and network. */
export type BesideTools = Pick<Resources, 'secrets'> & Pick<Basics, 'after'>;
export const ofPerson = (): BesideTools => ({ secrets: secrets(), after: timer });

/** So long after the first look a second one tells what still happens from what is over. */
export const secondLookSeconds = 5;

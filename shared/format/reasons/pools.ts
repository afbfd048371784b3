import { oneLine } from '../../core/plain-text.ts';

/** Sentences that were made of the facts where they were found. */
type Said = { said: string };

/** How a run ended that is about the pools and nothing else. */
export const poolReasons = {
  'pools-said': ({ said }: Said & { finding: string }) => oneLine(said),
  'pools-not-asked': () => 'no PgBouncer is configured whose console could be asked (pgbouncer.instances)',
  'pools-relief': ({ said }: Said & { relief: string }) => `the pools were raised: ${oneLine(said)}`,
  'pool-not-set': ({ said }: Said & { outcome: string }) => oneLine(said),
};

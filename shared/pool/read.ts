import type { Reading } from '../core/reading.ts';
import type { AskDatabase } from '../lambda/context.ts';
import { faultOf } from './faults.ts';
import { consolesOf, loggedIn, type Tools } from './login.ts';
import { averageWaitsOf, instanceOf, processOf, queryCountsOf } from './rows.ts';
import type { PlacedPools } from './topology/places.ts';
import type { Instance, Seen } from './types.ts';

/** Every PgBouncer of the configuration, each by itself and all at once; what cannot be read is unknown with its cause. */
export async function readInstances(pools: PlacedPools, tools: Tools): Promise<Seen<Instance>[]> {
  const { statsSecret = '', unplaced = [] } = pools;
  const asked = await Promise.all(
    consolesOf(pools).map(async ({ name, target }) => ({
      name,
      reading: await loggedIn(statsSecret, target, tools, instanceBy),
    })),
  );
  return [...asked, ...unplaced];
}

function understood<T>(read: () => Reading<T>): Reading<T> {
  try {
    return read();
  } catch (error) {
    return { unknown: faultOf(error, '') };
  }
}

async function instanceBy(ask: AskDatabase): Promise<Instance> {
  // One after the other: the console answers one at a time.
  const version = await ask('SHOW VERSION');
  const pools = await ask('SHOW POOLS');
  const databases = await ask('SHOW DATABASES');
  const config = await ask('SHOW CONFIG');
  const lists = await ask('SHOW LISTS');
  const stats = await ask('SHOW STATS');
  // Only tells addresses apart; the last question, since one with very many clients answers too much.
  const clients = await ask('SHOW CLIENTS').catch(() => []);
  const process = understood(() => ({ value: processOf(clients, config) }));
  const averageWaits = understood(() => ({ value: averageWaitsOf(stats) }));
  const queryCounts = understood(() => ({ value: queryCountsOf(stats) }));
  return instanceOf({
    ...{ version, pools, databases, config, lists, averageWaits, queryCounts },
    process: clients.length > 0 && 'value' in process ? process.value : undefined,
  });
}

/** No setting has this name, so that SET fails for whoever may set something, and nothing changes. */
const probe = 'SET emergency_scaling_probe = 1';

/** Seen from 1.18 to 1.26: a user of admin_users is told so, any other that it needs admin access. */
const failed = /^SET failed/i;

/** Whether a secret's user may set what a PgBouncer has; nothing is set. */
export const readAsAdmin = (
  secret: string,
  target: ReturnType<typeof consolesOf>[number]['target'],
  tools: Tools,
): Promise<Reading<'admin'>> =>
  loggedIn(secret, target, tools, async (ask) => {
    await ask(probe).catch((error: unknown) => {
      if (!(error instanceof Error && failed.test(error.message))) throw error;
    });
    return 'admin' as const;
  });

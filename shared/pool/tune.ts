import type { Unknown } from '../core/unknown.ts';
import type { AskDatabase } from '../lambda/context.ts';
import { consolesOf, loggedIn, type Tools } from './login.ts';
import { settingsOf } from './rows.ts';
import type { PlacedPools } from './topology/places.ts';
import { decide, type Order, valueIn } from './tuning.ts';

/** What became of an order. */
type Result =
  | { code: 'set'; from: number }
  /** Nothing was to do: a repeated call, or a PgBouncer that restarted. */
  | { code: 'already' }
  /** A person set another value, and it stays. */
  | { code: 'person'; is: number }
  /** Its task does not run any more, and its settings went with it. */
  | { code: 'gone' }
  /** PgBouncer answered SET, and has the value that it had. */
  | { code: 'no-effect'; is: number }
  /** Not known whether it is set: the order may be given again. */
  | { code: 'unknown'; unknown: Unknown };
export type Outcome = Pick<Order, 'instance' | 'setting' | 'to'> & Result;

/**
 * Carries out orders, each PgBouncer by itself and one after the other, so that what the first one does is seen before
 * the next one has a chance to do the same. Each value is read before its SET and read back after it. It never pauses,
 * reloads, restarts or kills.
 * Once they have taken too long together, the rest is unknown, and may be asked for again.
 * @param pools empty where the configuration has none any more: then nothing is known of any
 * @param check whether this run may still write; asked before each PgBouncer, and what it throws ends all
 */
export async function tune(
  pools: Partial<PlacedPools>,
  orders: readonly Order[],
  tools: Tools,
  check: () => Promise<void>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const { passed, cancel } = tools.after(deadlineSeconds * 1000);
  let isLate = false;
  void passed.then(() => {
    isLate = true;
  });
  for (const [instance, own] of Map.groupBy(orders, (order) => order.instance)) {
    if (isLate) {
      outcomes.push(...own.map((order) => outcome(order, late)));
      continue;
    }
    await check();
    outcomes.push(...(await tuneInstance(pools, instance, own, tools)));
  }
  cancel();
  return outcomes;
}

/** For all PgBouncers together: with a look before it, a call has time for so much. */
const deadlineSeconds = 25;
const late: Result = { code: 'unknown', unknown: { cause: 'late', seconds: deadlineSeconds } };

async function tuneInstance(
  pools: Partial<PlacedPools>,
  instance: string,
  orders: readonly Order[],
  tools: Tools,
): Promise<Outcome[]> {
  const done: Outcome[] = [];
  const rest = (unknown: Unknown): Outcome[] => [
    ...done,
    ...orders.slice(done.length).map((order) => outcome(order, { code: 'unknown', unknown })),
  ];
  const { adminSecret: secret } = pools;
  if (secret === undefined) return rest({ cause: 'not-configured', lacks: 'admin-secret' });
  const place = consolesOf(pools).find(({ name }) => name === instance);
  if (!place && pools.othersAreGone) return orders.map((order) => outcome(order, { code: 'gone' }));
  if (!place)
    return rest(pools.unplaced?.[0]?.reading.unknown ?? { cause: 'not-configured', lacks: 'instance' });
  const worked = await loggedIn(secret, place.target, tools, async (ask) => {
    for (const order of orders) done.push(await carriedOut(order, ask));
  });
  return 'unknown' in worked ? rest(worked.unknown) : done;
}

async function carriedOut(order: Order, ask: AskDatabase): Promise<Outcome> {
  const { setting, to } = order;
  const value = async () => valueIn(settingsOf(await ask('SHOW CONFIG')), setting);
  const from = await value();
  const decision = decide(order, from);
  if (decision === 'already') return outcome(order, { code: 'already' });
  if (decision === 'person') return outcome(order, { code: 'person', is: from });
  await ask(`SET ${setting} = ${to}`);
  const is = await value();
  return outcome(order, is === to ? { code: 'set', from } : { code: 'no-effect', is });
}

const outcome = ({ instance, setting, to }: Order, result: Result): Outcome => ({
  ...{ instance, setting, to },
  ...result,
});

import type { Unknown } from '../core/unknown.ts';
import type { AskDatabase } from '../lambda/context.ts';
import { consolesOf, loggedIn, type Pools, type Tools } from './login.ts';
import { settingsOf } from './rows.ts';
import { decide, type Order, valueIn } from './tuning.ts';

/** What became of an order. */
type Result =
  | { code: 'set'; from: number }
  /** Nothing was to do: a repeated call, or a PgBouncer that restarted. */
  | { code: 'already' }
  /** A person set another value, and it stays. */
  | { code: 'person'; is: number }
  /** PgBouncer answered SET, and has the value that it had. */
  | { code: 'no-effect'; is: number }
  /** Not known whether it is set: the order may be given again. */
  | { code: 'unknown'; unknown: Unknown };
export type Outcome = Pick<Order, 'instance' | 'setting' | 'to'> & Result;

/**
 * Carries out orders, each PgBouncer by itself and one after the other, so that what the first one does is seen before
 * the next one has a chance to do the same. Each value is read before its SET and read back after it. It never pauses,
 * reloads, restarts or kills.
 * @param secret name of the SSM parameter that holds `user:password` of a user in admin_users
 */
export async function tune(
  pools: Pools,
  secret: string,
  orders: readonly Order[],
  tools: Tools,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [instance, own] of Map.groupBy(orders, (order) => order.instance))
    outcomes.push(...(await tuneInstance(pools, secret, instance, own, tools)));
  return outcomes;
}

async function tuneInstance(
  pools: Pools,
  secret: string,
  instance: string,
  orders: readonly Order[],
  tools: Tools,
): Promise<Outcome[]> {
  const done: Outcome[] = [];
  const rest = (unknown: Unknown): Outcome[] => [
    ...done,
    ...orders.slice(done.length).map((order) => outcome(order, { code: 'unknown', unknown })),
  ];
  const place = consolesOf(pools).find(({ name }) => name === instance);
  if (!place) return rest({ cause: 'not-configured', lacks: 'instance' });
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

import * as v from 'valibot';
import { store } from '../../shared/aws/clients.ts';
import { secrets } from '../../shared/aws/secrets.ts';
import { switch as killSwitch } from '../../shared/aws/switch.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import { UnknownStateError } from '../../shared/core/errors.ts';
import { documentWith } from '../../shared/document/document.ts';
import type { Incident } from '../../shared/document/incident.ts';
import type { Plan } from '../../shared/document/plan.ts';
import {
  type HeldPool,
  isInForce,
  type PoolChange,
  type PoolsTuned,
} from '../../shared/document/pool-settings.ts';
import { poolOutcome } from '../../shared/format/pools/outcomes.ts';
import type { StepContext } from '../../shared/lambda/context.ts';
import { lambda, step } from '../../shared/lambda/step.ts';
import { databases } from '../../shared/pool/console.ts';
import { noteHeld, readHeld } from '../../shared/pool/held.ts';
import { lookAtPools, poolLimits } from '../../shared/pool/look.ts';
import { raisesOf, raising } from '../../shared/pool/raise.ts';
import { roomOf, stillAllowed } from '../../shared/pool/room.ts';
import { type PlacedPools, placed } from '../../shared/pool/topology/places.ts';
import { tune } from '../../shared/pool/tune.ts';
import { backOrders, noted, type Order, stillHeld, undone } from '../../shared/pool/tuning.ts';
import { switchTrial } from '../../shared/preflight/parameters.ts';
import { recordTrials } from '../../shared/preflight/records.ts';
import { tuningTrials } from '../../shared/preflight/servers/pools.ts';
import { forEach, tried } from '../../shared/preflight/trials.ts';
import { assertApproved } from '../../shared/writes/approved.ts';
import { mayWrite } from '../../shared/writes/under-lock.ts';

/** A run for the pools alone raises them, and takes that back, without a plan; the way back is a part of one. */
const Input = v.variant('mode', [
  v.object({
    mode: v.picklist(['raise', 'undo']),
    document: documentWith('request', 'incident', 'assessment?', 'plan?', 'change?'),
  }),
  v.object({
    mode: v.literal('restore'),
    document: documentWith('request', 'incident', 'assessment?', 'plan', 'approval?'),
  }),
]);
type Input = v.InferOutput<typeof Input>;

type Tools = StepContext<'secrets' | 'databases' | 'store' | 'switch'>;

/**
 * PgBouncer Emergency Adjustments, Step 2, and Scale-In Procedure, Step 4: `raise` sets what a new look asks for, in the configured
 * sizes and within what PostgreSQL has left; `undo` takes a raise of this run back; `restore` gives back what the approved plan
 * names. Absolute values by SET, noted before and read back after; a person's value stays.
 */
export const tunePools = step({
  name: 'tune-pools',
  input: Input,
  async run(input, context: Tools): Promise<PoolsTuned> {
    const { mode } = input;
    const { request, incident, assessment } = input.document;
    const { pgbouncer } = serviceConfig(context.config, request.service);
    const pools = pgbouncer && placed(pgbouncer, assessment?.pgbouncer);
    if (input.mode === 'restore') assertApproved(input.document.plan, input.document.approval);
    const at = context.now().toISOString();
    if (request.dryRun) return { at, mode, changed: false, outcomes: [] };
    const { held, orders } = await ordered(input, pools, context);
    const worked = await tune(pools ?? {}, orders, context, mayWrite(incident, context));
    const outcomes = worked.map((outcome) => poolOutcome(outcome, held));
    if (outcomes.length > 0) await noteHeld(incident, context.store, (all) => stillHeld(all, outcomes));
    context.log.info(`tune-pools: ${mode}`, { outcomes });
    const open = outcomes.filter(({ code }) => code === 'unknown' || code === 'no-effect');
    if (mode === 'restore' && open.length > 0)
      throw new UnknownStateError(`the pools are not given back: ${open.map(({ text }) => text).join('; ')}`);
    const changed = outcomes.some(isInForce);
    return { at, mode, changed, outcomes };
  },
  preflight: (ask, context: Tools) =>
    tried(
      'tune-pools',
      [
        switchTrial(context.switch),
        ...recordTrials(context.store, ask, { reads: ['service'], writes: ['pools'] }),
        ...forEach(ask, context.config, (service) => tuningTrials(service, context)),
      ],
      context,
    ),
});

export const handler = lambda(tunePools, { secrets, databases, store, switch: killSwitch });

/** What is noted of this incident before anything is set, and what is to be set. */
interface Ordered {
  held: readonly HeldPool[];
  orders: readonly Order[];
}

/** What a new look asks for; or what goes back, of this run's own raise or of the plan that people have approved. */
function ordered(input: Input, pools: PlacedPools | undefined, context: Tools): Promise<Ordered> {
  const { incident } = input.document;
  if (input.mode === 'restore') return backNow(incident, input.document.plan.pools ?? [], context);
  if (input.mode === 'raise') return raiseNow(incident, pools, input.document.plan, context);
  return backNow(incident, undone(input.document.change?.pools?.outcomes ?? []), context);
}

/** Looks again, since the pools may have changed, and notes what it is about to set before anything is. */
async function raiseNow(
  incident: Incident,
  pools: PlacedPools | undefined,
  plan: Plan | undefined,
  context: Tools,
): Promise<Ordered> {
  if (!pools) return { held: [], orders: [] };
  const look = await lookAtPools(pools, context.config, context);
  const asked =
    plan?.action === 'scale-out'
      ? stillAllowed(plan.pools, roomOf(look, pools, poolLimits(pools, context.config)))
      : raisesOf(look, pools);
  const held = await noteHeld(incident, context.store, (all) => noted(all, asked));
  return { held, orders: raising(look, asked, held) };
}

/** A way back takes only what is noted. */
async function backNow(
  incident: Incident,
  changes: readonly PoolChange[],
  { store }: Tools,
): Promise<Ordered> {
  const held = await readHeld(incident, store);
  return { held, orders: backOrders(held, changes) };
}

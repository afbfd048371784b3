import { type Place, placesOf, type TasksOfService, tasksOf } from '../../config/servers/address.ts';
import type { Unknown } from '../../core/unknown.ts';
import type { Assessment, TaskAddress } from '../../document/assessment.ts';
import type { Pools } from '../login.ts';

/** What there is and cannot be asked, by the name of its task or of its service. */
interface Unplaced {
  name: string;
  reading: { unknown: Unknown };
}

/** A service's pools with the address of each PgBouncer that has one. */
export interface PlacedPools extends Omit<Pools, 'instances'> {
  instances?: readonly Place[] | undefined;
  /** Tasks that only begin to run, or all of them where nobody could list them. */
  unplaced?: readonly Unplaced[];
  /** These are all: an address that is not among them was that of a task that is gone. */
  othersAreGone?: boolean;
}

type Found = Assessment['pgbouncer'];

/**
 * Where the PgBouncers are: as `config/` says, or at the addresses that the tasks of their ECS service had at the last look.
 * Pure.
 * @param found what the assessment says of those tasks
 */
export function placed(pools: Pools, found: Found): PlacedPools {
  const { instances, ...others } = pools;
  const service = tasksOf(instances);
  if (!service) return { ...others, instances: placesOf(instances) };
  if (!found || 'unknown' in found) {
    const why = found ? { why: found.unknown.text } : {};
    return { ...others, instances: [], unplaced: [unseen(service.service, { cause: 'no-address', ...why })] };
  }
  const unplaced =
    found.length > 0 ? found.flatMap(unready) : [unseen(service.service, { cause: 'no-tasks' })];
  return { ...others, instances: found.flatMap(placeIn(service)), unplaced, othersAreGone: true };
}

const placeIn =
  ({ port, serverName }: TasksOfService) =>
  ({ running, address: host }: TaskAddress): Place[] =>
    running && host !== undefined ? [{ host, port, serverName }] : [];

/** What a task takes of PostgreSQL as soon as it runs, nobody knows before. */
function unready({ task, running, address }: TaskAddress): Unplaced[] {
  if (!running) return [unseen(task, { cause: 'starting' })];
  return address === undefined ? [unseen(task, { cause: 'no-address' })] : [];
}

const unseen = (name: string, unknown: Unknown): Unplaced => ({ name, reading: { unknown } });

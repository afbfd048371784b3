import type { SidecarBudget } from '../../pool/topology/sidecar.ts';
import { rounded, tasks } from '../numbers.ts';

/** Why only so many tasks fit where a PgBouncer stands beside each. */
export function sidecarText({
  pool,
  reserve,
  others,
  maxConnections,
  reserved,
  tasks: fit,
}: SidecarBudget): string {
  const room = rounded(maxConnections - reserved - others);
  const without = `${rounded(maxConnections)} without ${rounded(reserved)} reserved and ${rounded(others)} of others`;
  return `each task's PgBouncer may open ${rounded(pool + reserve)} connections (pool ${rounded(pool)}, reserve ${rounded(reserve)}), and PostgreSQL has ${room} for them (${without}): room for ${tasks(fit)}, with one connection left`;
}

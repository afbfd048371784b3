import type { PoolSetting } from '../../document/pool-settings.ts';
import { rounded } from '../numbers.ts';
import { duration } from '../text.ts';

/** "1 client", "30 clients". */
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${rounded(count)} ${count === 1 ? one : more}`;

/** A wait, with one decimal while it is short. */
export const wait = (seconds: number): string =>
  seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds);

/** A setting of PgBouncer as people call it, in front of a number. */
export const poolSettingLabels: Record<PoolSetting, string> = {
  default_pool_size: 'default pool size',
  reserve_pool_size: 'reserve pool size',
  min_pool_size: 'minimum pool size',
  max_client_conn: 'client connections',
};

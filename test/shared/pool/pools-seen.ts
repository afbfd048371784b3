import type { Database, Instance, Pool, Postgres, Seen, Session } from '../../../shared/pool/types.ts';
import { poolVerdict } from '../../../shared/pool/verdict.ts';
import type { PoolsSeen } from '../../../shared/pool/waiting/pools.ts';
import { instance } from './consoles.ts';

export const limits = {
  defaultPoolSize: 10,
  reservePoolSize: 5,
  minPoolSize: 0,
  maxClientConn: 200,
  waitSeconds: 0.1,
  slowSeconds: 1,
};
export const [pool, database] = [instance().pools[0] as Pool, instance().databases[0] as Database];
export const postgres: Postgres = { maxConnections: 100, reserved: 3, connections: 6, sessions: [] };
export const session = (part: Partial<Session>): Session => ({
  pid: 1,
  database: 'app',
  user: 'app',
  application: 'worker',
  state: 'active',
  seconds: 60,
  blockedBy: [],
  ...part,
});
export const one = (part: Partial<Instance> = {}, name = 'a:6432'): Seen<Instance> => ({
  name,
  reading: { value: instance(part) },
});
const seen = (part: Partial<PoolsSeen> = {}): PoolsSeen => ({
  instances: [one()],
  postgres: { value: postgres },
  ...part,
});
export const verdict = (part: Partial<PoolsSeen> = {}, most = limits) => poolVerdict(seen(part), most);
export const short = { ...pool, servers: 2 };
export const unknown = { cause: 'late' } as const;
export const counted = (queries: number, database = 'app') => ({ value: [{ database, queries }] });

import { instanceOf } from '../../../shared/pool/rows.ts';
import type { Instance } from '../../../shared/pool/types.ts';

/** What the consoles of three versions answer: their columns in their order, as they were recorded. */

type Row = Record<string, string | null>;

const row = (columns: string, values: string): Row => {
  const list = values.split(',');
  return Object.fromEntries(columns.split(',').map((name, index) => [name, list[index] || null]));
};

const pools =
  'database,user,cl_active,cl_waiting,cl_active_cancel_req,cl_waiting_cancel_req,sv_active,sv_active_cancel,sv_being_canceled,sv_idle,sv_used,sv_tested,sv_login,maxwait,maxwait_us,pool_mode';
const busy = 'app,app,2,8,0,0,2,0,0,1,1,0,1,1,250000,transaction';
const own = 'pgbouncer,pgbouncer,1,0,0,0,0,0,0,0,0,0,0,0,0,statement';
const oldDatabases =
  'name,host,port,database,force_user,pool_size,min_pool_size,reserve_pool,pool_mode,max_connections,current_connections,paused,disabled';
const newDatabases =
  'name,host,port,database,force_user,pool_size,min_pool_size,reserve_pool_size,server_lifetime,pool_mode,load_balance_hosts,max_connections,current_connections,max_client_connections,current_client_connections,paused,disabled';
const totals =
  'total_xact_count,total_query_count,total_received,total_sent,total_xact_time,total_query_time,total_wait_time';
const means = 'avg_xact_count,avg_query_count,avg_recv,avg_sent,avg_xact_time,avg_query_time,avg_wait_time';
const zeros = (columns: string) => columns.replace(/[^,]+/g, '0');
const stats = (columns: string) =>
  row(`database,${columns},${means}`, `app,${zeros(columns)},9,9,0,0,400000,400000,814000`);

const settings = {
  ...{ default_pool_size: '4', reserve_pool_size: '3', min_pool_size: '1', max_client_conn: '100' },
  unset: null,
};
const clients: Row[] = [];
const shared = {
  clients,
  config: Object.entries(settings).map(([key, value]) => ({ key, value, default: value, changeable: 'yes' })),
  lists: [
    { list: 'databases', items: '2' },
    { list: 'used_clients', items: '11' },
  ],
};

export interface Console {
  version: Row[];
  pools: Row[];
  databases: Row[];
  config: Row[];
  lists: Row[];
  stats: Row[];
  clients: Row[];
}

const newer = (version: string, extra: string): Console => ({
  ...shared,
  version: [{ version: `PgBouncer ${version}` }],
  pools: [row(`${pools},load_balance_hosts`, `${busy},`), row(`${pools},load_balance_hosts`, `${own},`)],
  databases: [
    row(newDatabases, 'app,10.0.0.9,5432,app,,4,0,3,3600,,,0,5,0,10,0,0'),
    row(newDatabases, 'pgbouncer,,6432,pgbouncer,pgbouncer,2,0,0,3600,statement,,0,0,0,1,0,0'),
  ],
  stats: [stats(`total_server_assignment_count,${totals},${extra}`)],
});

export const consoles: Record<string, Console> = {
  '1.18.0': {
    ...shared,
    version: [{ version: 'PgBouncer 1.18.0' }],
    pools: [row(pools, busy), row(pools, own)],
    databases: [
      row(oldDatabases, 'app,10.0.0.9,5432,app,,4,0,3,,0,5,0,0'),
      row(oldDatabases, 'pgbouncer,,6432,pgbouncer,pgbouncer,2,0,0,statement,0,0,0,0'),
    ],
    stats: [stats(totals)],
  },
  '1.24.1': newer('1.24.1', 'total_client_parse_count,total_server_parse_count,total_bind_count'),
  '1.26.1': newer(
    '1.26.1',
    'total_client_login_count,total_client_parse_count,total_server_parse_count,total_bind_count',
  ),
};

/** A PgBouncer as the newest console says, with something changed. */
export function instance(part: Partial<Instance> = {}): Instance {
  const { stats: _, ...answers } = consoles['1.26.1'] as Console;
  return {
    ...instanceOf({
      ...answers,
      averageWaits: { value: [{ database: 'app', seconds: 0.814 }] },
      queryCounts: { value: [{ database: 'app', queries: 0 }] },
    }),
    ...part,
  };
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { pause } from './loopback.ts';
import { freePort, newest } from './programs.ts';

/** Real PostgreSQL and PgBouncer for a test, on loopback, in a folder of their own, ended by their process ids. */

const versions = '/usr/lib/postgresql';

/** The newest PostgreSQL of Debian, whose programs are not in PATH. */
function binaries(): string | undefined {
  if (!existsSync(versions)) return undefined;
  const [newest] = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  const folder = join(versions, newest ?? '', 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : undefined;
}

/** Debian's PgBouncer is where only root's PATH looks. */
const pgbouncer = [newest('pgbouncer') ?? '/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((path) =>
  existsSync(path),
);

/** @throws Error that says what to install when one of the programs is missing. */
export function requireDatabases(): void {
  const missing = [...(binaries() ? [] : ['postgresql']), ...(pgbouncer ? [] : ['pgbouncer'])];
  if (missing.length > 0)
    throw new Error(
      `${missing.join(', ')} not found. On Debian: apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`,
    );
}

/** The version of PgBouncer, as it says itself. */
export const versionOfPool = (): string =>
  /^PgBouncer ([\d.]+)/.exec(execFileSync(pgbouncer ?? '', ['--version'], { encoding: 'utf8' }))?.[1] ?? '';

/** Neither of them runs as root: whoever is root takes the user that comes with PostgreSQL. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export interface Databases {
  /** PostgreSQL's port. */
  port: number;
  /** Starts a PgBouncer in front of it; resolves to its port once it answers. */
  pool(settings: Record<string, string | number>, database?: string): Promise<number>;
  /** Ends the PgBouncer of this port and starts it again, with the settings of its file. */
  restart(port: number): Promise<void>;
  /** Has the console of this PgBouncer do something. */
  admin(port: number, sql: string): Promise<void>;
  /** A connection that is closed with everything else: past the pools by default. */
  connect(more?: { port?: number; user?: string; application?: string }): Promise<Client>;
  /** A file of this test, readable for the servers. */
  file(name: string, text: string): string;
  /** Ends all PgBouncers and connections, and waits until PostgreSQL has none of theirs: they would take slots of the next test. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export const password = 'made-up-password';

/** Starts PostgreSQL with so many connections, and the roles `app` (an application) and `watcher` (reads only). */
export async function databases(maxConnections: number): Promise<Databases> {
  const folder = mkdtempSync(join(tmpdir(), 'pools-'));
  const as = owner();
  const bin = binaries() ?? '';
  const data = join(folder, 'data');
  chmodSync(folder, 0o755);
  if (as.uid !== undefined) execFileSync('chown', [`${as.uid}:${as.gid}`, folder]);
  const given = { ...as, cwd: folder, stdio: 'ignore' } as const;
  const initial = ['-D', data, '-U', 'owner', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--no-locale'];
  execFileSync(join(bin, 'initdb'), initial, given);
  const port = await freePort();
  const children: { child: ChildProcess; ended: Promise<void> }[] = [];
  const pools = new Map<number, { child: ChildProcess; ended: Promise<void> }>();
  const clients: Client[] = [];
  const start = (program: string, options: string[]) => {
    const child = spawn(program, options, given);
    const started = {
      child,
      ended: new Promise<void>((resolve) => child.once('exit', () => resolve())),
    };
    children.push(started);
    return started;
  };
  const startPool = async (own: number) => {
    pools.set(own, start(pgbouncer ?? '', [join(folder, `${own}.ini`)]));
    await until(() => answers(own));
  };
  const connect: Databases['connect'] = async ({ port: at = port, user = 'app', application } = {}) => {
    const client = new Client({
      host: '127.0.0.1',
      port: at,
      user,
      password,
      database: 'app',
      ...(application ? { application_name: application } : {}),
    });
    client.on('error', () => {});
    clients.push(client);
    await client.connect();
    return client;
  };
  start(join(bin, 'postgres'), [
    ...['-D', data, '-p', String(port), '-c', `max_connections=${maxConnections}`],
    ...['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`, '-c', 'fsync=off'],
  ]);
  await until(() => asked(port, 'owner', 'postgres', 'SELECT 1'));
  for (const sql of [
    'CREATE DATABASE app',
    `CREATE ROLE app LOGIN PASSWORD '${password}'`,
    `CREATE ROLE watcher LOGIN PASSWORD '${password}' IN ROLE pg_monitor`,
    `CREATE ROLE limited LOGIN CONNECTION LIMIT 2`,
    `CREATE ROLE stranger LOGIN PASSWORD '${password}'`,
  ])
    await asked(port, 'owner', 'postgres', sql);
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o644 });
    if (as.uid !== undefined) execFileSync('chown', [`${as.uid}:${as.gid}`, path]);
    if (name.endsWith('.key')) chmodSync(path, 0o600);
    return path;
  };
  const users = file(
    'users.txt',
    ['app', 'watcher', 'admin', 'guest'].map((user) => `"${user}" "${password}"\n`).join(''),
  );
  const clear = async () => {
    await Promise.all(clients.splice(0).map((client) => client.end().catch(() => {})));
    for (const { child } of pools.values()) child.kill('SIGKILL');
    await Promise.all([...pools.values()].map(({ ended }) => ended));
    pools.clear();
    await until(() =>
      asked(
        port,
        'owner',
        'postgres',
        `SELECT 1 / (count(*) = 0)::int FROM pg_stat_activity WHERE datname = 'app'`,
      ),
    );
  };
  return {
    port,
    file,
    connect,
    clear,
    async pool(settings, database = '') {
      const own = await freePort();
      const lines = Object.entries({
        listen_addr: '127.0.0.1',
        listen_port: own,
        unix_socket_dir: '',
        auth_type: 'scram-sha-256',
        auth_file: users,
        admin_users: 'admin',
        stats_users: 'watcher',
        pool_mode: 'transaction',
        ...settings,
      }).map(([key, value]) => `${key} = ${value}\n`);
      const places = `app = host=127.0.0.1 port=${port} dbname=app ${database}\n`;
      file(`${own}.ini`, `[databases]\n${places}[pgbouncer]\n${lines.join('')}`);
      await startPool(own);
      return own;
    },
    async restart(own) {
      const running = pools.get(own);
      running?.child.kill('SIGKILL');
      await running?.ended;
      await startPool(own);
    },
    admin: (own, sql) => asked(own, 'admin', 'pgbouncer', sql),
    async stop() {
      await Promise.all(clients.map((client) => client.end().catch(() => {})));
      for (const { child, ended } of children.reverse()) {
        child.kill('SIGKILL');
        await ended;
      }
      rmSync(folder, { recursive: true });
    },
  };
}

async function asked(port: number, user: string, database: string, sql: string): Promise<void> {
  const client = new Client({ host: '127.0.0.1', port, user, password, database });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A refusal is an answer too: the server is up. */
const answers = (port: number) =>
  asked(port, 'watcher', 'pgbouncer', 'SHOW VERSION').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') throw error;
  });

async function until(works: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await works();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Clients that ask one after the other for as long as the work takes; `served` counts their answers. */
export async function underLoad<T>(
  all: Databases,
  ports: readonly number[],
  clients: number,
  work: (served: () => number) => Promise<T>,
  sql = 'SELECT pg_sleep(0.4)',
): Promise<T> {
  let [over, served] = [false, 0];
  const open = await Promise.all(
    ports.flatMap((port) => Array.from({ length: clients }, () => all.connect({ port, application: 'api' }))),
  );
  const asking = open.map(async (client) => {
    while (!over)
      await client.query(sql).then(
        () => served++,
        () => pause(50),
      );
  });
  await pause(1500);
  try {
    return await work(() => served);
  } finally {
    over = true;
    await Promise.all(asking);
    await Promise.all(open.map((client) => client.end()));
  }
}

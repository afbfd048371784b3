import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const packages = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
};
export type Program = keyof typeof packages;

/** @throws Error that says what to install when one of the programs is missing. */
export function requirePrograms(): void {
  const missing = Object.entries(packages).filter(([name]) => spawnSync(name, ['--version']).error);
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(([, name]) => name))].join(' ');
  throw new Error(
    `${missing.map(([name]) => name).join(', ')} not found. On Debian: apt-get update && apt-get install -y --no-install-recommends ${names}`,
  );
}

/**
 * A program that `.ci/newest-servers FOLDER` has unpacked, where NEWEST_SERVERS names that folder: it is tested in place of
 * Debian's own.
 * @throws Error where it is not there
 */
export function newest(program: 'pgbouncer' | 'valkey-server' | 'valkey-cli'): string | undefined {
  const folder = process.env.NEWEST_SERVERS;
  if (!folder) return undefined;
  const path = join(folder, 'bin', program);
  if (!existsSync(path)) throw new Error(`NEWEST_SERVERS: ${path} is not there; .ci/newest-servers makes it`);
  return path;
}

/** A port of loopback that is free at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** A program that a test has started; `log` is what it wrote. */
export interface Running {
  log(): string;
  stop(): Promise<void>;
}

export function start(program: Program, options: string[]): Running {
  const child: ChildProcess = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => written.push(String(chunk)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    log: () => written.join(''),
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The program's own verdict on a file. */
export function promtool(...options: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', options, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

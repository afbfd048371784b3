import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, newest } from './programs.ts';

/** Real Redis servers for a test, on loopback, in a folder of their own, ended by their process ids. */

const program = newest('valkey-server') ?? 'redis-server';

/** @throws Error that says what to install when it is missing. */
export function requireRedis(): void {
  if (spawnSync(program, ['--version']).error)
    throw new Error(
      'redis-server not found. On Debian: apt-get update && apt-get install -y --no-install-recommends redis-server',
    );
}

/** Its name and version, as it says itself: `Redis 7.0.15`, `Valkey 9.1.2`. */
export function versionOfServer(): string {
  const said = execFileSync(program, ['--version'], { encoding: 'utf8' });
  const [, name, version] = /^(Redis|Valkey) server v=([\d.]+)/.exec(said) ?? [];
  return `${name} ${version}`;
}

export interface Server {
  port: number;
  /** What redis-cli answers to this command, as the user who may do everything. */
  cli(...words: string[]): string;
  /** Ends this server alone. */
  end(): Promise<void>;
}

export interface Servers {
  start(settings?: Record<string, string | number>): Promise<Server>;
  /** A file of this test. */
  file(name: string, text: string): string;
  folder: string;
  stop(): Promise<void>;
}

export const password = 'made-up-password';

export function servers(): Servers {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const ends: (() => Promise<void>)[] = [];
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    folder,
    file,
    async start(settings = {}) {
      const port = await freePort();
      const given = { port, bind: '127.0.0.1', save: '', dir: folder, requirepass: password, ...settings };
      const options = Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const child: ChildProcess = spawn(program, options, { stdio: 'ignore' });
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const end = async () => {
        child.kill('SIGKILL');
        await ended;
      };
      ends.push(end);
      const [at, secure] = 'tls-port' in given ? [Number(given['tls-port']), true] : [port, false];
      const cli = (...words: string[]) =>
        execFileSync(
          newest('valkey-cli') ?? 'redis-cli',
          [
            '-p',
            String(at),
            '--no-auth-warning',
            '-a',
            password,
            ...(secure ? ['--tls', '--insecure'] : []),
          ].concat(words),
          { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
        ).trim();
      await until(() => /PONG|LOADING/.test(cli('PING')));
      return { port: at, cli, end };
    },
    async stop() {
      await Promise.all(ends.map((end) => end()));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Waits until it is so; an error means not yet. */
async function until(so: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      if (so()) return;
    } catch {}
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server does not answer');
}

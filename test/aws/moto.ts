import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/packaged.ts';

/** Version of moto against which the differences are listed; .ci/run installs this one. */
const version = '5.2.5';
const folder = '.venv/moto';

/** moto's server, started by a test. */
export interface Moto {
  url: string;
  /** What it wrote. */
  log(): string;
  /** Changes how moto behaves (`/moto-api/config`). */
  configure(config: object): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error that says how to install moto where it is missing. */
function serverProgram(): string {
  const program = process.env.MOTO_SERVER ?? join(root, folder, 'bin/moto_server');
  if (existsSync(program)) return program;
  throw new Error(
    `moto's server not found: ${program}. Install it with: python3 -m venv ${folder} && ` +
      `${folder}/bin/pip install 'moto[server]==${version}', or say where it is in MOTO_SERVER`,
  );
}

/** Starts moto on a free port of loopback; `variables` are moto's own settings. */
export async function startMoto(variables: Record<string, string> = {}): Promise<Moto> {
  const child = spawn(serverProgram(), ['-H', '127.0.0.1', '-p', '0'], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  const url = await new Promise<string>((resolve, reject) => {
    const look = (text: string) => {
      written += text;
      const [, address] = /Running on (http:\/\/[\d.:]+)/.exec(written) ?? [];
      if (address) resolve(address);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', look);
    child.once('exit', () => reject(new Error(`moto ended before it listened: ${written}`)));
    child.once('error', reject);
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  return {
    url,
    log: () => written,
    async configure(config) {
      const answer = await fetch(`${url}/moto-api/config`, { method: 'POST', body: JSON.stringify(config) });
      if (!answer.ok) throw new Error(`moto refuses its configuration: ${await answer.text()}`);
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

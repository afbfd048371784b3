import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultPlace } from '../../sandbox/place.ts';
import { freePort } from '../integration/programs.ts';
import { root } from '../support/packaged.ts';

/** Version of MiniStack for which the gaps are listed and supplemented; .ci/run installs this one. */
export const version = '1.5.33';
const folder = '.venv/ministack';

/** How much of its seconds a Wait state takes. */
const waitScale = 0.1;
const startMilliseconds = 120_000;
const lookMilliseconds = 250;

/** MiniStack, started by a test. */
export interface Ministack {
  url: string;
  /** What it wrote. */
  log(): string;
  stop(): Promise<void>;
}

/** @throws Error that says how to install MiniStack where it is missing. */
function python(): string {
  const program = process.env.MINISTACK_PYTHON ?? join(root, folder, 'bin/python');
  if (existsSync(program)) return program;
  throw new Error(
    `Python with MiniStack not found: ${program}. Install it with: python3 -m venv ${folder} && ` +
      `${folder}/bin/pip install ministack==${version}, or say which Python has it in MINISTACK_PYTHON`,
  );
}

/**
 * Starts MiniStack on a free port of loopback, with its supplements. The functions that it runs call `endpoint`. Node
 * comes from where this process has it. All of its processes are one group, and end together.
 */
export async function startMinistack(endpoint: string): Promise<Ministack> {
  const temporary = mkdtempSync(join(tmpdir(), 'ministack-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(python(), [join(import.meta.dirname, 'start.py')], {
    cwd: temporary,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: temporary,
      TMPDIR: temporary,
      S3_DATA_DIR: join(temporary, 's3'),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_REGION: defaultPlace.region,
      MINISTACK_ACCOUNT_ID: defaultPlace.account,
      LAMBDA_EXECUTOR: 'local',
      // Each function has credentials of its role, and is refused what the role does not allow.
      AUTH: 'true',
      PYTHONDONTWRITEBYTECODE: '1',
      SFN_WAIT_SCALE: String(waitScale),
      AWS_ENDPOINT_URL: endpoint,
    },
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
    await ended;
    rmSync(temporary, { recursive: true, force: true });
  };
  try {
    await answers(`${url}/_ministack/health`, () => child.exitCode !== null);
  } catch (error) {
    await stop();
    throw new Error(`MiniStack did not start: ${written}`, { cause: error });
  }
  return { url, log: () => written, stop };
}

/** @throws Error when it has ended, or does not answer for two minutes. */
async function answers(url: string, hasEnded: () => boolean): Promise<void> {
  for (let waited = 0; waited < startMilliseconds; waited += lookMilliseconds) {
    if (hasEnded()) throw new Error('it has ended');
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await new Promise((resolve) => void setTimeout(resolve, lookMilliseconds));
  }
  throw new Error(`${url} does not answer`);
}

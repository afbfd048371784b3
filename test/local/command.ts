import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Writable } from 'node:stream';

const root = join(import.meta.dirname, '..', '..');

/** How a command ended, and what it wrote. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command of `local/` as a child process without a terminal. */
export interface Command {
  /** Everything on stdout so far. */
  stdout(): string;
  /** Resolves with the first match on stdout; rejects when the process ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  done: Promise<Ended>;
  child: ChildProcess;
}

/** Starts `local/SCRIPT.ts` with these arguments. */
export function run(script: string, ...args: string[]): Command {
  const child = spawn(process.execPath, [`local/${script}.ts`, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const done = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const says = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(stdout);
        if (match) resolve(match);
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`ended without saying ${pattern}: ${stdout}${stderr}`)));
      look();
    });
  return { stdout: () => stdout, says, done, child };
}

/** Runs a command in this process, as without a terminal: for what it says, where the process itself is not in question. */
export async function call(
  command: (argv: readonly string[]) => Promise<number>,
  ...args: readonly string[]
): Promise<Ended> {
  const [stdout, stderr] = [replaced('stdout'), replaced('stderr')];
  try {
    const code = await command(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.restore();
    stderr.restore();
  }
}

/** Puts a stream that only keeps what is written in the place of the process's own. */
function replaced(name: 'stdout' | 'stderr'): { text(): string; restore(): void } {
  const own = Object.getOwnPropertyDescriptor(process, name) ?? {};
  let text = '';
  const value = new Writable({
    write: (chunk, _, done) => {
      text += chunk;
      done();
    },
  });
  Object.defineProperty(process, name, { configurable: true, value });
  return { text: () => text, restore: () => void Object.defineProperty(process, name, own) };
}

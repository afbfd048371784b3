import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** A command of `local/` as a child process without a terminal. */
export interface Command {
  /** Everything on stdout so far. */
  stdout(): string;
  /** Resolves with the first match on stdout; rejects when the process ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  done: Promise<{ code: number | null; stdout: string; stderr: string }>;
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
  const done = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
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

import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../support/packaged.ts';

const leftOut = ['node_modules', '.git', 'out', '.venv', '.serverless', '.esbuild', 'coverage'];

/** A copy of the project in which mutants may be written. The caller removes it. */
export function wholeCopy(): string {
  const project = mkdtempSync(join(tmpdir(), 'wiring-'));
  for (const name of readdirSync(root).filter((one) => !leftOut.includes(one)))
    cpSync(join(root, name), join(project, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  return project;
}

export const removeCopy = (project: string) => rmSync(project, { recursive: true });

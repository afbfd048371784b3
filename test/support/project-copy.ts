import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './packaged.ts';

/** What the package is made of; everything else of the project stays away. */
const sources = [
  ...['config', 'functions', 'iam', 'resources', 'shared', 'statemachines'],
  ...[
    'package.json',
    'serverless.yml',
    'empty-statements.cjs',
    'esbuild.config.cjs',
    'kept-resources.cjs',
    'large-stage.cjs',
    'machine-names.cjs',
    'network.cjs',
    'reserved-concurrency.cjs',
    'role-names.cjs',
    'target-accounts.cjs',
    'package-limits.cjs',
    'stage.cjs',
  ],
];

/** A new folder with all that packaging needs, whose configuration a test may change. The caller removes it. */
export function projectCopy(): string {
  const project = mkdtempSync(join(tmpdir(), 'project-'));
  for (const name of sources) cpSync(join(root, name), join(project, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  return project;
}

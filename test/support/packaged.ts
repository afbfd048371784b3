import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { readConfigFile } from '../../shared/config/read-config.ts';
import type { Config } from '../../shared/config/schema.ts';

export const root = join(import.meta.dirname, '../..');

const Statement = z.object({
  /** `Leaving` where it is kept for runs of the release before alone. */
  Sid: z.string().optional(),
  Effect: z.literal('Allow'),
  Action: z.union([z.string().transform((action) => [action]), z.array(z.string())]),
  Resource: z
    .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .transform((value): unknown[] => (Array.isArray(value) ? value : [value])),
  Condition: z.unknown().optional(),
});
const Policy = z.object({
  PolicyName: z.string(),
  PolicyDocument: z.object({ Statement: z.array(Statement) }),
});

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.record(z.string(), z.unknown()).optional(),
      DeletionPolicy: z.string().optional(),
      UpdateReplacePolicy: z.string().optional(),
      DependsOn: z.union([z.string().transform((name) => [name]), z.array(z.string())]).optional(),
    }),
  ),
});
const Role = z.object({
  Policies: z.array(Policy),
  ManagedPolicyArns: z.array(z.object({ Ref: z.string() })).default([]),
});
const ManagedPolicy = z.object({ PolicyDocument: Policy.shape.PolicyDocument });

export type Statement = z.infer<typeof Statement>;

/** What `npm run package` made for one stage. */
export interface Packaged {
  stage: string;
  /** The file of `config/` that it was made of. */
  config: Config;
  folder: string;
  resources: z.infer<typeof Template>['Resources'];
}

/**
 * Runs osls as `npm run package` does, without credentials.
 * @throws Error with what it printed when it fails.
 */
export function osls(stage: string, folder: string, project = root): void {
  const { status, stdout, stderr } = runOsls(stage, folder, project);
  if (status !== 0) throw new Error(`osls ended with ${status}: ${stdout}${stderr}`);
}

/** The same, however it ends. */
export function runOsls(stage: string, folder: string, project = root) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|NODE_OPTIONS)/.test(name)),
  );
  const program = join(root, 'node_modules/.bin/osls');
  const options = [program, 'package', '--stage', stage, '--package', folder];
  // The bundler leaves its temporary folders behind.
  const temporary = mkdtempSync(join(tmpdir(), 'osls-'));
  try {
    return spawnSync(process.execPath, options, {
      cwd: project,
      env: { ...env, TMPDIR: temporary },
      encoding: 'utf8',
    });
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Packages a stage of this project, or of a copy of it. */
export function packageStage(stage: string, project = root): Packaged {
  const folder = mkdtempSync(join(tmpdir(), `package-${stage}-`));
  osls(stage, folder, project);
  return readPackage(stage, folder, project);
}

/** What was packaged into a folder before. */
export function readPackage(stage: string, folder: string, project = root): Packaged {
  const text = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  const config = readConfigFile(join(project, 'config'), stage);
  return { stage, config, folder, resources: Template.parse(JSON.parse(text)).Resources };
}

export const remove = ({ folder }: Packaged) => rmSync(folder, { recursive: true });

/** Resources of one type, by logical id. */
export function ofType({ resources }: Packaged, type: string): [string, Record<string, unknown>][] {
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
    Type === type ? [[id, Properties ?? {}]] : [],
  );
}

/** The statements of a role's own policies. */
export function statements(packaged: Packaged, role: string): Statement[] {
  const found = Role.parse(packaged.resources[role]?.Properties);
  return found.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** The statements of every role, its own and those of the managed policies that it has. */
export function grants(packaged: Packaged): { role: string; statement: Statement }[] {
  return ofType(packaged, 'AWS::IAM::Role').flatMap(([role, properties]) => {
    const managed = Role.parse(properties).ManagedPolicyArns.flatMap(
      ({ Ref }) => ManagedPolicy.parse(packaged.resources[Ref]?.Properties).PolicyDocument.Statement,
    );
    return [...statements(packaged, role), ...managed].map((statement) => ({ role, statement }));
  });
}

const bundles = new Map<string, string>();

/** A function's bundle, taken out of its zip file. */
export function bundle({ folder }: Pick<Packaged, 'folder'>, name: string): string {
  const file = join(folder, `${name}.zip`);
  const text = bundles.get(file) ?? unzipped(file, name);
  bundles.set(file, text);
  return text;
}

function unzipped(file: string, name: string): string {
  const zip = readFileSync(file);
  const directory = zip.readUInt32LE(zip.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 16);
  const entries = zip.readUInt16LE(zip.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 10);
  if (entries !== 1) throw new Error(`${name}.zip holds ${entries} files instead of one`);
  const size = zip.readUInt32LE(directory + 20);
  const local = zip.readUInt32LE(directory + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  return inflateRawSync(zip.subarray(start, start + size)).toString('utf8');
}

/** Loads every bundle with Node, as Lambda does; the names of those that export a handler. */
export function loadable(packaged: Packaged, names: string[]): string[] {
  for (const name of names) writeFileSync(join(packaged.folder, `${name}.mjs`), bundle(packaged, name));
  const script = `for (const name of ${JSON.stringify(names)}) {
    const { handler } = await import('${packaged.folder}/' + name + '.mjs');
    if (typeof handler === 'function') console.log(name);
  }`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return output.trim().split('\n');
}

/** The logical ids that a resource refers to, which CloudFormation therefore makes first. */
export function dependencies({ resources }: Packaged, id: string): string[] {
  const text = JSON.stringify(resources[id]);
  const patterns = [/"Ref":"(\w+)"/g, /"Fn::GetAtt":\["(\w+)"/g, /\$\{(\w+)(?:\.\w+)?\}/g];
  const named = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
  return [...named, ...(resources[id]?.DependsOn ?? [])].filter((name) => name !== id && name in resources);
}

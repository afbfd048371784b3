import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build } from 'esbuild';
import { z } from 'zod';
import { functionFiles } from '../../resources/names.ts';

/** A function's bundle beside one that holds nothing but the clients that it needs. */
export interface Pair {
  name: string;
  /** The clients, for example `client-ecs`, `pg` or `iovalkey`. */
  clients: string[];
  full: Bundle;
  bare: Bundle;
}

export interface Bundle {
  file: string;
  /** Bytes after gzip, about what Lambda's zip file holds. */
  gzipBytes: number;
}

const root = join(import.meta.dirname, '../..');

/** Builds every function as the package does, and its bare companion with the same options, into `folder`. */
export async function buildPairs(folder: string): Promise<Pair[]> {
  const options = await packageOptions();
  const pairs = [];
  for (const [name, entry] of functionFiles()) pairs.push(await buildPair({ name, entry, folder, options }));
  return pairs;
}

interface Source {
  name: string;
  /** Its file in the project. */
  entry: string;
  /** Where the bundles go. */
  folder: string;
  options: BuildOptions;
}

async function buildPair({ name, entry, folder, options }: Source): Promise<Pair> {
  const file = join(folder, `${name}.mjs`);
  const full = await build({ ...options, entryPoints: [entry], outfile: file });
  const [output] = Object.values(full.metafile?.outputs ?? {});
  const used = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  );
  const commands = new Map<string, string[]>();
  for (const path of used) {
    const [, client, command] = /@aws-sdk\/(client-[\w-]+)\/dist-es\/commands\/(\w+)\.js$/.exec(path) ?? [];
    if (client && command) commands.set(client, [...(commands.get(client) ?? []), command]);
  }
  const bareFile = join(folder, `${name}.bare.mjs`);
  await build({
    ...options,
    stdin: { contents: bareSource(used, commands), resolveDir: root, loader: 'js' },
    outfile: bareFile,
  });
  return {
    name,
    clients: [...commands.keys(), ...othersIn(used).map(([client]) => client)].sort(),
    full: measured(file),
    bare: measured(bareFile),
  };
}

/** Imports each client's class and the commands that the function sends, and keeps both. */
function bareSource(used: readonly string[], commands: ReadonlyMap<string, string[]>): string {
  const imports = [...commands].map(([client, names]) => {
    const path = used.find((one) => one.includes(`@aws-sdk/${client}/`) && one.endsWith('Client.js'));
    const [, className = ''] = /\/(\w+Client)\.js$/.exec(path ?? '') ?? [];
    return { client, names: [className, ...names] };
  });
  const others = othersIn(used);
  const kept = [...imports.flatMap(({ names }) => names), ...others.map(([, name]) => name)];
  return [
    ...imports.map(({ client, names }) => `import { ${names.join(', ')} } from '@aws-sdk/${client}';`),
    ...others.map(([client, name]) => `import { ${name} } from '${client}';`),
    `export const handler = [${kept.join(', ')}];`,
  ].join('\n');
}

/** Clients of something else than AWS, each with its class. */
const otherClients = [
  ['pg', 'Client'],
  ['iovalkey', 'Redis'],
] as const;

const othersIn = (used: readonly string[]) =>
  otherClients.filter(([client]) => used.some((path) => path.includes(`node_modules/${client}/`)));

const measured = (file: string): Bundle => ({ file, gzipBytes: gzipSync(readFileSync(file)).length });

/** What esbuild.config.cjs gives to serverless-esbuild, as far as esbuild itself knows it. */
const PackageOptions = z.object({
  bundle: z.boolean(),
  minify: z.boolean(),
  keepNames: z.boolean(),
  platform: z.literal('node'),
  target: z.string(),
  format: z.literal('esm'),
  mainFields: z.array(z.string()),
  banner: z.object({ js: z.string() }),
  define: z.record(z.string(), z.string()),
});

async function packageOptions(): Promise<BuildOptions> {
  const configure = createRequire(import.meta.url)('../../esbuild.config.cjs');
  const options = await configure({ resolveVariable: async () => 'production' });
  return { ...PackageOptions.parse(options), metafile: true, absWorkingDir: root, logLevel: 'error' };
}

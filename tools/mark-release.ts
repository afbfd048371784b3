import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../sandbox/config-files.ts';
import { startIncident } from '../sandbox/incident-run.ts';
import { scenarioPlay } from '../sandbox/scenario-play.ts';
import { serviceConfig } from '../shared/config/packaged.ts';

/**
 * What a release leaves to the next one, where a run is under way during the upgrade: the inputs with which its machines
 * start others, the records in the table, the answer of an approval, and the rights of its roles. test/upgrade/ holds the
 * next release to it.
 */
export interface Released {
  version: string;
  inputs: { machine: string; input: unknown }[];
  records: Record<string, unknown>;
  /** `ROLE: ACTION`, with the kind of record or the function where it is for one, sorted. */
  rights: string[];
}

const root = join(import.meta.dirname, '..');

/** Where the last release's marks are. */
export const releasedFile = join(root, 'test/upgrade/released.json');

/** Each role of production with each action that it has, and on which records, out of the rights that were last looked at. */
export function rightsNow(): string[] {
  const text = readFileSync(join(root, 'test/__snapshots__/serverless.test.ts.snap'), 'utf8');
  const lines = text.matchAll(/^"?(\w+: [\w-]+:\w+) on (.*)$/gm);
  const rights = [...lines].flatMap(([, right = '', rest = '']) => {
    const keys = /LeadingKeys":\[([^\]]*)\]/.exec(rest)?.[1]?.split(',') ?? [];
    const called = /(\w+)LambdaFunction\.Arn/.exec(rest)?.[1];
    return [...keys, called ?? ''].map((what) => `${right} ${what.replaceAll('"', '')}`.trim());
  });
  return [...new Set(rights)].sort();
}

/** Plays one incident with a rollback and one that asks for an approval, and keeps what they hand on. */
export async function handedOn(): Promise<Pick<Released, 'inputs' | 'records'>> {
  const all = [];
  for (const scenario of ['traffic-spike', 'bad-deployment']) all.push(await playedOf(scenario));
  return {
    inputs: all.flatMap(({ inputs }) => inputs),
    records: Object.assign({}, ...all.map(({ records }) => records)),
  };
}

async function playedOf(scenario: string): Promise<Pick<Released, 'inputs' | 'records'>> {
  const config = readConfig('production');
  const [service = ''] = Object.keys(config.services);
  const records: Record<string, unknown> = {};
  const run = startIncident({
    config,
    service,
    play: scenarioPlay(scenario, serviceConfig(config, service), 1),
    approve: 'yes',
    dryRun: false,
    seed: 1,
    hooks: {
      surroundings: (own) => ({
        ...own,
        store: {
          ...own.store,
          write: (key, body, options) => {
            // The rate limit's records are over within a minute, and nobody reads them later.
            if (!key.startsWith('approval-rate/')) records[key] = body;
            return own.store.write(key, body, options);
          },
        },
      }),
    },
  });
  await run.finish((time, done, limit) => time.runUntil(done, limit));
  const inputs = run.sandbox.engine.executions
    .filter(({ input }) => Object(input).startedBy || Object(input).document)
    .map(({ machine, input }) => ({ machine, input }));
  return { inputs, records };
}

if (process.argv[1] === import.meta.filename) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const released: Released = { version, ...(await handedOn()), rights: rightsNow() };
  writeFileSync(releasedFile, `${JSON.stringify(released, undefined, 1)}\n`);
}

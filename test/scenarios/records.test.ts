import { AsyncLocalStorage } from 'node:async_hooks';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxHooks } from '../../sandbox/sandbox.ts';
import { codeSpans, read, section, tableRows } from '../support/markdown.ts';
import { type Incident, playBriefly } from './harness.ts';

/** Who may touch which kind of record, as docs/permissions.md lists it; another test compares the roles with it. */
const rows = tableRows(section(read('docs/permissions.md'), '## Records')).map(
  ([keys = '', , writers = '', readers = '']) => ({
    kind: codeSpans(keys)[0]?.split('/')[0] ?? '',
    writers: codeSpans(writers),
    readers: [...codeSpans(writers), ...codeSpans(readers)],
  }),
);

const touched = new Set<string>();
const running = new AsyncLocalStorage<string>();
const touch = (how: 'reads' | 'writes', key: string) =>
  touched.add(`${running.getStore()} ${how} ${key.split('/')[0]}`);

/** Notes which function asks the store for what. */
const noting: SandboxHooks = {
  functions: (own) =>
    Object.fromEntries(
      Object.entries(own).map(([name, call]) => [
        name,
        (event, context) => running.run(name, () => call(event, context)),
      ]),
    ),
  surroundings: (own) => ({
    ...own,
    store: {
      read: (key) => {
        touch('reads', key);
        return own.store.read(key);
      },
      write: (key, body, options) => {
        touch('writes', key);
        return own.store.write(key, body, options);
      },
    },
  }),
};

const incidents: Incident[] = [
  {},
  { approve: 'no' },
  { approve: 'never' },
  { environment: 'staging' },
  { scenario: 'bad-deployment' },
  { scenario: 'pool-exhaustion' },
  { scenario: 'no-capacity' },
  { event: 'configure-autoscaling.json' },
  { event: 'rollback-redeploy.json' },
];

beforeAll(async () => {
  for (const incident of incidents) await playBriefly({ ...incident, hooks: noting });
}, 120_000);

describe('every record that a function touches', () => {
  it('is one that the list allows it', () => {
    const allowed = rows.flatMap(({ kind, writers, readers }) => [
      ...writers.map((name) => `${name} writes ${kind}`),
      ...readers.map((name) => `${name} reads ${kind}`),
    ]);
    expect([...touched].filter((one) => !allowed.includes(one)).sort()).toEqual([]);
  });

  it('is most of what the list has', () => expect(touched.size).toBeGreaterThan(20));
});

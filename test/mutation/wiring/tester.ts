import { type Block, type Ran, run } from './collect.ts';
import type { Mutant } from './mutant.ts';

/** Runs the tests of an area against one mutant after the other. */
export interface Tester {
  /** The mutants that it can plant. */
  mutants: Mutant[];
  /** Runs the tests without a mutant: all must pass. How long each took decides which are asked first. */
  baseline(): Promise<Ran[]>;
  /** The first test that fails with the mutant; nothing where all pass. */
  find(mutant: Mutant): Promise<string | undefined>;
}

/** The first test of a block that fails. */
export async function firstFailure(
  block: Block,
  running: Parameters<typeof run>[1] = {},
): Promise<string | undefined> {
  for await (const { test, error } of run(block, running)) if (error !== undefined) return test;
  return undefined;
}

/** Every test of a block. */
export async function allOf(block: Block, running: Parameters<typeof run>[1] = {}): Promise<Ran[]> {
  const all: Ran[] = [];
  for await (const one of run(block, running)) all.push(one);
  return all;
}

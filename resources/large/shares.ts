import { createHash } from 'node:crypto';
import type { Config } from '../../shared/config/schema.ts';

/** So many services of a file, its first ones, have their alarms in the stack itself: those of most stages. */
const inTheStack = 25;
/**
 * The others are in so many stacks of their own. The number is for good: with another one, services would change their
 * stacks, and CloudFormation makes no alarm whose name another stack still has.
 */
const stacks = 16;

/** Services that stand in one stack, with the configuration of their stage. */
export interface Share {
  /** Of the stack beside the stage's own; undefined is that itself. */
  number: number | undefined;
  config: Config;
}

/**
 * The services of a configuration, by the stack that their alarms are in. A service's stack follows from its key, and not
 * from how many others there are: whoever adds services at the end of the file moves no alarm. Pure.
 */
export function sharesOf(config: Config): Share[] {
  const entries = Object.entries(config.services);
  const of = (number: number | undefined, services: typeof entries): Share => ({
    number,
    config: { ...config, services: Object.fromEntries(services) },
  });
  const others = Map.groupBy(entries.slice(inTheStack), ([key]) => numberOf(key));
  const numbers = [...others.keys()].toSorted((one, other) => one - other);
  return [
    of(undefined, entries.slice(0, inTheStack)),
    ...numbers.map((number) => of(number, others.get(number) ?? [])),
  ];
}

/** 1 to 16, always the same for the same key. */
const numberOf = (key: string): number =>
  (createHash('sha256').update(key).digest().readUInt32BE() % stacks) + 1;

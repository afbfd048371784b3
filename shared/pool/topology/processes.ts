import type { Unknown } from '../../core/unknown.ts';
import type { Instance, Process, Seen } from '../types.ts';

/**
 * What was read, but unknown where an address is not that of one process: two addresses of one would count twice, and be set twice;
 * behind an address of several a SET reaches any of them. Pure.
 * @param before the same addresses some seconds earlier, where they were read twice
 */
export function toldApart(
  seen: readonly Seen<Instance>[],
  before: readonly Seen<Instance>[] = [],
): Seen<Instance>[] {
  return seen.map((one, index) => {
    const process = processOf(one);
    if (!process) return one;
    const earlier = before.find(({ name }) => name === one.name);
    if (isOther(process, earlier && processOf(earlier))) return unknown(one, { cause: 'several-processes' });
    const same = seen.slice(0, index).find((other) => isSame(process, processOf(other)));
    return same ? unknown(one, { cause: 'same-process', as: same.name }) : one;
  });
}

const processOf = ({ reading }: Seen<Instance>): Process | undefined =>
  'value' in reading ? reading.value.process : undefined;

/** A client of one process is no other's: its connection is kept at one place of memory, since one moment. */
const isSame = ({ clients }: Process, other: Process | undefined): boolean =>
  other?.clients.some((client) => clients.includes(client)) ?? false;

/** One that has only restarted listens where it did. */
const isOther = ({ place }: Process, other: Process | undefined): boolean =>
  place !== undefined && other?.place !== undefined && place !== other.place;

const unknown = ({ name }: Seen<Instance>, why: Unknown): Seen<Instance> => ({
  name,
  reading: { unknown: why },
});

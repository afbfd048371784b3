import { textTable } from '../../shared/format/text.ts';
import type { Circumstances } from '../generate/circumstances.ts';
import type { Hunted } from './hunt.ts';
import { scenarios } from './scenarios.ts';

/** One row of the table of planted bugs. */
export function rowOf({ mutation, runs, found }: Hunted): string[] {
  const { scenario, name, file } = mutation;
  return [
    typeof scenario === 'number' ? `${scenario} ${scenarios.get(scenario)}` : scenario,
    name,
    file,
    found ? String(runs) : `not in ${runs}`,
    found?.violation.invariant ?? '',
    found ? String(found.seed) : '',
    circumstancesText(mutation.amid),
  ];
}

const head = ['scenario', 'planted bug', 'file', 'runs', 'found by', 'seed', 'in incidents with'];

/** The table of a whole search, for people, with the verdict in the last line. */
export function tableOf(all: readonly Hunted[], seed: number): string {
  const missed = all.filter(({ found }) => !found);
  const unsound = all.filter(({ sound }) => sound.length > 0);
  return [
    textTable([head, ...all.map(rowOf)]),
    '',
    ...unsound.map(
      ({ found, sound }) =>
        `sound code violates ${sound[0]?.invariant} with the same incident, seed ${found?.seed}: ${sound[0]?.text}`,
    ),
    missed.length === 0
      ? `All ${all.length} planted bugs were found from seed ${seed} on; the sound code passes ${unsound.length === 0 ? 'each' : 'not all'} of those incidents`
      : `${missed.length} of ${all.length} planted bugs were not found: ${missed.map(({ mutation }) => mutation.name).join('; ')}`,
  ].join('\n');
}

/** What every incident of a search holds, in words. */
function circumstancesText({
  environment,
  approver,
  trigger,
  faults = [],
  troubles = [],
}: Circumstances = {}) {
  return [
    ...(environment ? [environment] : []),
    ...(trigger ? [`started by ${trigger}`] : []),
    ...(approver ? [`approvers who say ${approver.answer}`] : []),
    ...faults.map(({ kind, ...rest }) => ('function' in rest ? `${kind} of ${rest.function}` : kind)),
    ...troubles.map(({ kind }) => kind),
  ].join(', ');
}

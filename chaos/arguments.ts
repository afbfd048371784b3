import { parseOptions, wholeNumber } from '../cli/options.ts';
import { InvalidInputError } from '../shared/core/errors.ts';
import { isRareName, type RareName, rare } from './generate/circumstances.ts';

export interface ChaosArguments {
  runs: number;
  seed: number;
  workers: number;
  seconds?: number;
  replay?: number;
  mutations: boolean;
  /** Of the planted bugs only those whose name contains this. */
  only: string;
  /** Circumstances of which each incident holds one, in turns. */
  amid: RareName[];
  json: boolean;
}

const options = {
  runs: { type: 'string' },
  seed: { type: 'string', default: '1' },
  workers: { type: 'string', default: '2' },
  seconds: { type: 'string' },
  replay: { type: 'string' },
  mutations: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  amid: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export const chaosUsage = `npm run chaos -- [options]: plays generated incidents in virtual time and checks every invariant.

  --runs N       how many incidents (default 300; with --mutations at most for each bug, default 1000)
  --seed S       seed of the first one, and of the following ones in order (default 1)
  --replay S     plays the incident of this seed again, shrinks it if it fails, and tells its story
  --mutations    plants each known bug in turn and says after how many runs which invariant found it
  --only TEXT    with --mutations: only the bugs whose name contains this
  --amid NAMES   rare circumstances by name, with commas between them: each incident holds one of them, in turns
  --workers N    processes side by side (default 2)
  --seconds N    stop after this time, whatever was played by then
  --json         one JSON document on stdout

Exit codes: 0 no violation, 1 a violation or an error, 2 usage.
`;

/**
 * Parses the command line; undefined when help was asked for.
 * @throws InvalidInputError that names the option and the allowed values.
 */
export function parseChaosArguments(argv: readonly string[]): ChaosArguments | undefined {
  const values = parseOptions(argv, { options });
  if (values.help) return undefined;
  return {
    runs: wholeNumber('--runs', values.runs ?? (values.mutations ? '1000' : '300'), 1, 10_000_000),
    seed: wholeNumber('--seed', values.seed, 0, 2_000_000_000),
    workers: wholeNumber('--workers', values.workers, 1, 64),
    ...(values.seconds === undefined ? {} : { seconds: wholeNumber('--seconds', values.seconds, 1, 86_400) }),
    ...(values.replay === undefined
      ? {}
      : { replay: wholeNumber('--replay', values.replay, 0, 2_000_000_000) }),
    mutations: values.mutations,
    only: values.only,
    amid: values.amid === undefined ? [] : namesIn(values.amid),
    json: values.json,
  };
}

/** @throws InvalidInputError that names the circumstances that there are. */
function namesIn(text: string): RareName[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !isRareName(name));
  if (wrong === undefined) return names.filter(isRareName);
  throw new InvalidInputError(`--amid: "${wrong}" is none; allowed: ${Object.keys(rare).join(', ')}`);
}

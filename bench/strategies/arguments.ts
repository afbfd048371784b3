import { parseOptions, wholeNumber } from '../../cli/options.ts';
import { type Shape, shapeNames, shapeOf } from './shapes.ts';

export interface BenchArguments {
  shapes: Shape[];
  /** Task start times from UpdateService to RUNNING, seconds. */
  starts: number[];
  /** Seeds 1 to this. */
  seeds: number;
  json: boolean;
  /** Folder for the pictures. */
  svg?: string;
}

const options = {
  shape: { type: 'string', multiple: true },
  trace: { type: 'string', multiple: true },
  start: { type: 'string', multiple: true },
  seeds: { type: 'string', default: '2' },
  svg: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/**
 * Parses what follows `npm run bench -- strategies`.
 * @throws InvalidInputError that names the option and what is allowed.
 */
export function parseBenchArguments(argv: readonly string[]): BenchArguments {
  const values = parseOptions(argv, { options });
  const traces = (values.trace ?? []).map((trace) => ({ trace }));
  const named = values.shape ?? (traces.length > 0 ? [] : shapeNames);
  return {
    shapes: [...named.map(shapeOf), ...traces],
    starts: (values.start ?? ['23', '40', '90']).map((text) => wholeNumber('--start', text, 5, 600)),
    seeds: wholeNumber('--seeds', values.seeds, 1, 100),
    json: values.json,
    ...(values.svg === undefined ? {} : { svg: values.svg }),
  };
}

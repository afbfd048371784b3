import { allowedOf, parseOptions, wholeNumber } from '../cli/options.ts';
import type { ApproverAnswer } from '../sandbox/approver.ts';
import { withCircumstances } from '../sandbox/circumstances/play.ts';
import { type ReadCircumstances, readCircumstances } from '../sandbox/circumstances/read.ts';
import { environments, readConfig } from '../sandbox/config-files.ts';
import { type Delivery, type Play, readDelivery, scenarioPlay, tracePlay } from '../sandbox/scenario-play.ts';
import type { Config } from '../shared/config/schema.ts';
import { InvalidInputError } from '../shared/core/errors.ts';

/** What `simulate` and `start` have in common. */
export interface IncidentArguments {
  config: Config;
  service: string;
  /** Without the circumstances; `underCircumstances` adds them. */
  play: Play;
  circumstances?: ReadCircumstances;
  delivery?: Delivery;
  approve: ApproverAnswer;
  dryRun: boolean;
  seed: number;
  json: boolean;
  throttle: number;
  /** `start` only. */
  speed: number;
  port: number;
  /** Real seconds that it goes on after its end; by default until Ctrl-C on a terminal, else not at all. */
  stay?: number;
}

const options = {
  environment: { type: 'string', default: 'production' },
  service: { type: 'string' },
  scenario: { type: 'string' },
  trace: { type: 'string' },
  circumstances: { type: 'string' },
  event: { type: 'string' },
  approve: { type: 'string' },
  seed: { type: 'string', default: '1' },
  throttle: { type: 'string', default: '0' },
  speed: { type: 'string', default: '60' },
  port: { type: 'string', default: '4566' },
  stay: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Parses the command line.
 * @throws InvalidInputError that names the option and the allowed values. Returns undefined when help was asked for.
 */
export function parseIncidentArguments(
  argv: readonly string[],
  defaultApprove: ApproverAnswer,
  command: Command = 'simulate',
): IncidentArguments | undefined {
  const values = parsed(argv, command);
  if (values.help) return undefined;
  if (values.scenario !== undefined && values.trace !== undefined) {
    throw new InvalidInputError('--scenario, --trace: give one of them, not both');
  }
  const config = configOf(values.environment);
  const names = Object.keys(config.services);
  const service = values.service ?? names[0] ?? '';
  // A name such as `constructor` would find what every object inherits.
  const settings = Object.hasOwn(config.services, service) ? config.services[service] : undefined;
  if (!settings)
    throw new InvalidInputError(`--service: "${service}" is not configured; allowed: ${names.join(', ')}`);
  const seed = wholeNumber('--seed', values.seed, 0, 4_294_967_295);
  const circumstances =
    values.circumstances === undefined ? undefined : readCircumstances(values.circumstances);
  const play =
    values.trace === undefined
      ? scenarioPlay(values.scenario ?? circumstances?.given.scenario ?? 'traffic-spike', settings, seed)
      : tracePlay(values.trace, settings);
  return {
    config,
    service,
    play,
    ...(circumstances ? { circumstances } : {}),
    ...(values.event === undefined ? {} : { delivery: readDelivery(values.event, config) }),
    approve: answer(values.approve, defaultApprove, command),
    dryRun: values['dry-run'],
    seed,
    json: values.json,
    throttle: wholeNumber('--throttle', values.throttle, 0, 90),
    speed: wholeNumber('--speed', values.speed, 1, 100_000),
    port: wholeNumber('--port', values.port, 0, 65_535),
    ...(values.stay === undefined ? {} : { stay: wholeNumber('--stay', values.stay, 0, 86_400) }),
  };
}

/** The configuration of the environment that `--environment` names. @throws InvalidInputError for another one. */
export function configOf(environment: string): Config {
  if (environments().includes(environment)) return readConfig(environment);
  throw new InvalidInputError(
    `--environment: "${environment}" has no file in config/; allowed: ${environments().join(', ')}`,
  );
}

/**
 * The same with the play under its circumstances.
 * @throws InvalidInputError for circumstances that do not fit together, or that the simulated AWS refuses
 */
export async function underCircumstances<Chosen extends IncidentArguments>(chosen: Chosen): Promise<Chosen> {
  const { circumstances, play } = chosen;
  return circumstances ? { ...chosen, play: await withCircumstances(play, circumstances, chosen) } : chosen;
}

type Command = 'simulate' | 'start';

/** Options that only `start` has: the other command uses no real time and no socket. */
const startOnly: readonly string[] = ['speed', 'port', 'stay'];

function parsed(argv: readonly string[], command: Command) {
  const names = Object.keys(options).filter((name) => command === 'start' || !startOnly.includes(name));
  const foreign = startOnly.find(
    (name) => !names.includes(name) && argv.some((one) => one.split('=')[0] === `--${name}`),
  );
  if (foreign) throw new InvalidInputError(`--${foreign}: only npm start has it; ${allowedOf(names)}`);
  return parseOptions(argv, { options, allowed: names });
}

/** Only `start` can wait for a person; in virtual time the request would expire at once. */
const moods: Record<Command, readonly ApproverAnswer[]> = {
  simulate: ['yes', 'no', 'never'],
  start: ['yes', 'no', 'never', 'ask'],
};

function answer(value: string | undefined, fallback: ApproverAnswer, command: Command): ApproverAnswer {
  if (value === undefined) return fallback;
  const known = moods[command].find((one) => one === value);
  if (known) return known;
  throw new InvalidInputError(
    `--approve: "${value}" is not an answer; allowed: ${moods[command].join(', ')}`,
  );
}

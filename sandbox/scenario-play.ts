import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type AlertName, alertNames, alertOfAlarm } from '../shared/alerts/catalogue.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { InvalidInputError } from '../shared/core/errors.ts';
import { machines } from '../shared/document/request.ts';
import type { Besides } from './circumstances/besides.ts';
import type { Arrivals, ServiceOptions } from './world/model/options.ts';
import type { SimulatedService } from './world/model/types.ts';
import { createScenario, scenarioNames } from './world/scenarios.ts';
import { arrivalsOf, durationOf, parseTrace } from './world/traffic/trace.ts';

/** What happens to the simulated service, and by when it is over. */
export interface Play {
  name: string;
  world: { arrivals: Arrivals } & Partial<ServiceOptions>;
  /** What is true of the service at AWS besides. */
  besides?: Besides;
  calmAfterSeconds: number;
}

/** Share of the baseline tasks' capacity that a quiet day uses. */
const quietUtilisation = 0.5;

/** The rate of a quiet day, in requests per second. */
export function baselineRate({ capacity }: ServiceConfig): number {
  return (capacity.baseline.desired * capacity.perTask.requestsPerMinute * quietUtilisation) / 60;
}

/** @throws InvalidInputError that lists the scenarios. */
export function scenarioPlay(name: string, service: ServiceConfig, seed: number): Play {
  if (!scenarioNames.includes(name)) {
    throw new InvalidInputError(`--scenario: "${name}" is not known; allowed: ${scenarioNames.join(', ')}`);
  }
  const { calmAfterSeconds, arrivals, troubles, revisions, dbPool, cache } = createScenario(name, {
    seed,
    baseline: baselineRate(service),
  });
  return {
    name,
    world: { arrivals, troubles, revisions, ...(dbPool && { dbPool }), ...(cache && { cache }) },
    calmAfterSeconds,
  };
}

/**
 * A traffic trace, scaled so that its median is a quiet day of the service.
 * @throws InvalidInputError that names the file, and the row, column and value that are faulty.
 */
export function tracePlay(file: string, service: ServiceConfig): Play {
  const text = readInput('--trace', file);
  try {
    const trace = parseTrace(text);
    return {
      name: basename(file),
      world: { arrivals: arrivalsOf(trace, { scaleToMedian: baselineRate(service) }) },
      calmAfterSeconds: durationOf(trace),
    };
  } catch (error) {
    throw new InvalidInputError(`--trace ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What a person starts. */
const deliverable = [...machines, 'preflight'] as const;

/** An input to deliver, and what has to be true of the simulated service before it is. */
export interface Delivery {
  machine: (typeof deliverable)[number];
  input: unknown;
  /** The alarm whose state the input describes; absent: delivered once the service runs quietly. */
  when?: { alarm: AlertName; state: 'ALARM' | 'OK' };
}

/**
 * Reads a file like those in `events/`. The state machine is the one that the file's name starts with, else
 * emergency-scaling.
 * @throws InvalidInputError for a file that is missing or not JSON.
 */
export function readDelivery(file: string, config: Config): Delivery {
  const text = readInput('--event', file);
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(
      `--event ${file}: not valid JSON: ${error instanceof Error ? error.message : ''}`,
    );
  }
  const machine = deliverable.find((name) => basename(file).startsWith(name)) ?? 'emergency-scaling';
  const when = stateDescribedBy(input, machine, config);
  return { machine, input, ...(when ? { when } : {}) };
}

/** A cache is relieved once something is wrong with it, where that is what the play is about. */
export function comesTooEarly({ machine }: Delivery, { world }: Play, service?: SimulatedService): boolean {
  const isAboutCache = world.troubles?.some(({ kind }) => kind.startsWith('redis-'));
  if (machine !== 'redis-emergency' || !isAboutCache || !service) return false;
  const health = service.health('api');
  return health !== 'timeout' && health.status === 200;
}

function stateDescribedBy(input: unknown, machine: string, config: Config): Delivery['when'] {
  const detail = field(input, 'detail');
  const alarmName = field(detail, 'alarmName');
  if (typeof alarmName === 'string') {
    const alarm = alertOfAlarm(alarmName, config)?.alert;
    const state = field(field(detail, 'state'), 'value') === 'ALARM' ? 'ALARM' : 'OK';
    return alarm && { alarm, state };
  }
  const alert = field(input, 'alert');
  return handlesAlert(machine) && isAlert(alert) ? { alarm: alert, state: 'ALARM' } : undefined;
}

const handlesAlert = (machine: string): boolean =>
  machine === 'emergency-scaling' || machine === 'pgbouncer-emergency';

const isAlert = (value: unknown): value is AlertName => alertNames.some((name) => name === value);

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function readInput(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'no such file'
        : 'cannot be read';
    throw new InvalidInputError(`${option} ${file}: ${why}`);
  }
}

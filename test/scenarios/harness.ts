import { withShortWaits } from '../../chaos/generate/config.ts';
import type { Besides } from '../../sandbox/circumstances/besides.ts';
import { withCircumstances } from '../../sandbox/circumstances/play.ts';
import { circumstancesOf } from '../../sandbox/circumstances/read.ts';
import { readConfig, statemachinesFolder } from '../../sandbox/config-files.ts';
import { loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { type IncidentOptions, startIncident } from '../../sandbox/incident-run.ts';
import { type Report, statesOf } from '../../sandbox/report.ts';
import { type Sandbox, type SandboxHooks, stagePlace } from '../../sandbox/sandbox.ts';
import { readDelivery, scenarioPlay } from '../../sandbox/scenario-play.ts';
import type { ServiceOptions } from '../../sandbox/world/model/options.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import type { Config } from '../../shared/config/schema.ts';
import { root } from '../support/packaged.ts';

export interface Incident {
  scenario?: string;
  environment?: 'production' | 'staging';
  approve?: IncidentOptions['approve'];
  /** A file in events/; without it the simulated alarm fires by itself. */
  event?: string;
  dryRun?: boolean;
  seed?: number;
  /** Changes the environment's configuration. */
  change?: (config: Config) => void;
  faults?: IncidentOptions['faults'];
  hooks?: SandboxHooks;
  /** What else is true of the service, as in a file for `--circumstances`. */
  circumstances?: Readonly<Record<string, unknown>>;
  /** Changes the scenario: other traffic, more troubles. */
  world?: (world: Partial<ServiceOptions>) => Partial<ServiceOptions>;
  /** What AWS shows of the service besides. */
  besides?: Besides;
  /** Gets the sandbox before anything happens in it. */
  begun?: (sandbox: Sandbox) => void;
  /** Called at every step of the clock: for a display that looks on. */
  look?: () => void;
  /** What happens beside the run: waits with `time.runUntil` for its moment, then acts. */
  meanwhile?: (sandbox: Sandbox) => Promise<void>;
}

export interface Played {
  report: Report;
  sandbox: Sandbox;
}

/** What never changes, read once for all incidents of a suite. */
const configs = { production: readConfig('production'), staging: readConfig('staging') };
const definitions = {
  production: loadDefinitions(statemachinesFolder, stagePlace(configs.production)),
  staging: loadDefinitions(statemachinesFolder, stagePlace(configs.staging)),
};
const home = configs.production.region;

/**
 * The same with waits as short as in chaos, which saves a third of the time: for what is decided, whenever that is. What
 * depends on how long something lasts, and the words for it, are played as shipped.
 */
export const playBriefly = ({ change, ...incident }: Incident = {}): Promise<Played> =>
  play({
    ...incident,
    change: (config) => {
      Object.assign(config, withShortWaits(config));
      change?.(config);
    },
  });

/** Plays one incident to the end in virtual time. */
export async function play(incident: Incident = {}): Promise<Played> {
  const { scenario = 'traffic-spike', environment = 'production', approve = 'yes', seed = 1 } = incident;
  const config = structuredClone(configs[environment]);
  incident.change?.(config);
  const service = Object.keys(config.services)[0] ?? '';
  const settings = serviceConfig(config, service);
  const plain = scenarioPlay(scenario, settings, seed);
  const { circumstances } = incident;
  const scripted = circumstances
    ? await withCircumstances(plain, circumstancesOf(circumstances), { config, service, seed })
    : plain;
  const run = startIncident({
    config,
    service,
    play: {
      ...scripted,
      world: { ...scripted.world, ...incident.world?.(scripted.world) },
      ...(incident.besides ? { besides: incident.besides } : {}),
    },
    approve,
    dryRun: incident.dryRun ?? false,
    seed,
    ...(incident.event ? { delivery: readDelivery(`${root}/events/${incident.event}`, config) } : {}),
    ...(incident.faults ? { faults: incident.faults } : {}),
    hooks: { ...(config.region === home && { definitions: definitions[environment] }), ...incident.hooks },
  });
  incident.begun?.(run.sandbox);
  const report = await run.finish(async (time, done, limit) => {
    await incident.meanwhile?.(run.sandbox);
    return time.runUntil(() => {
      incident.look?.();
      return done();
    }, limit);
  });
  return { report, sandbox: run.sandbox };
}

export type Write = Report['writes'][number];

/** What was written by whom, in order: `scale-out ecs:UpdateService`. */
export const callsOf = (writes: readonly Write[]) => writes.map(({ who, call }) => `${who} ${call}`);

/** The settings that a restore has to give back: everything but the tasks that happen to run. */
export function settingsOf(settings: Report['after'] | null): Partial<Report['after']> {
  if (!settings) throw new Error('nothing was seen');
  const { running: _running, pending: _pending, ...rest } = settings;
  return rest;
}

/**
 * The settings that differ between before and after; none when all was given back. A count that autoscaling itself set
 * last, inside the restored bounds, is its own business.
 */
export function notGivenBack({ before, after, writes }: Report): string[] {
  const [was, is] = [settingsOf(before), settingsOf(after)];
  const last = writes.findLast(({ to }) => 'desired' in to);
  const inBounds = after.desired >= (after.min ?? Infinity) && after.desired <= (after.max ?? 0);
  return Object.keys(was).filter(
    (key) =>
      JSON.stringify(Reflect.get(was, key)) !== JSON.stringify(Reflect.get(is, key)) &&
      !(key === 'desired' && last?.who === 'application-autoscaling' && inBounds),
  );
}

/** Executions that did more than join another one or find nothing to do. */
export const working = ({ executions }: Report) =>
  executions.filter(({ states }) => !['Joined', 'Ignored'].includes(states.at(-1) ?? ''));

/** A call that a person makes at a terminal, over the same wire. */
export async function asPerson(
  sandbox: Sandbox,
  target: string,
  input: Record<string, unknown>,
): Promise<void> {
  const answer = await sandbox.aws.handle({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(input),
    caller: 'person',
  });
  if (answer.status !== 200) throw new Error(`${target}: ${answer.status} ${answer.body}`);
}

/** Waits until an execution of a machine is in that state, for a day at most. */
export async function reaching(sandbox: Sandbox, machine: string, state: string): Promise<void> {
  const end = await sandbox.time.runUntil(
    () =>
      sandbox.engine.executions.some(
        (execution) =>
          execution.machine === machine &&
          execution.status === 'RUNNING' &&
          statesOf(execution).at(-1) === state,
      ),
    86_400_000,
  );
  if (end !== 'done') throw new Error(`${machine} never came to "${state}"`);
}

import { withCircumstances } from '../sandbox/circumstances/play.ts';
import { readCircumstances } from '../sandbox/circumstances/read.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import { scenarioPlay } from '../sandbox/scenario-play.ts';
import { autoscaling, cloudwatch, ecs, functions, mail } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { accountOf, regionOf } from '../shared/config/elsewhere.ts';
import { serviceConfig } from '../shared/config/packaged.ts';
import type { Config } from '../shared/config/schema.ts';
import { parse } from '../shared/core/schema.ts';
import { type PreflightRow, Tried } from '../shared/document/preflight.ts';
import { isFault, preflightRows, preflightSummary } from '../shared/format/preflight.ts';
import type { Log } from '../shared/lambda/context.ts';
import { timer } from '../shared/lambda/step.ts';
import { addressTrials } from '../shared/preflight/addresses.ts';
import { actionsTrial, activitiesTrial } from '../shared/preflight/autoscaling.ts';
import { alarmTrials, metricsTrial } from '../shared/preflight/cloudwatch.ts';
import { deploymentTrials } from '../shared/preflight/deployments.ts';
import { poolTaskTrials, taskTrials } from '../shared/preflight/ecs.ts';
import { accountTrials, settingsTrials } from '../shared/preflight/settings.ts';
import { tried } from '../shared/preflight/trials.ts';
import { fittedTable } from './display/fitted-table.ts';

/** The options that choose a simulated service. */
export interface Simulated {
  scenario?: string | undefined;
  circumstances?: string | undefined;
  at: string;
  seed: string;
}

/** What only the functions themselves can try, under their own roles and in their own network. */
const besides =
  'Writes, records, secrets, task tokens, mails and notices are tried by the functions alone: start the state machine preflight.';

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Everything of a preflight that reads, with this person's credentials and from this person's network. */
export async function preflightOfPerson(config: Config, name: string): Promise<PreflightRow[]> {
  const service = serviceConfig(config, name);
  // Of another account a person has credentials of his own.
  process.env.AWS_REGION ??= regionOf(name, config);
  const context = {
    config,
    now: () => new Date(),
    after: timer,
    log: quiet,
    ecs: ecs(),
    autoscaling: autoscaling(),
    cloudwatch: cloudwatch(),
    mail: mail(),
    functions: functions(),
    http: http(),
  };
  const trials = [
    // What the stage itself needs is in its own account.
    ...(accountOf(name, config) ? [] : accountTrials(context)),
    ...settingsTrials(service, context),
    ...alarmTrials(context.cloudwatch, service, config),
    ...deploymentTrials(context.ecs, service),
    ...taskTrials(context.ecs, service),
    ...poolTaskTrials(context.ecs, service),
    activitiesTrial(context.autoscaling, service),
    actionsTrial(context.autoscaling, service),
    metricsTrial(context.cloudwatch, service, config, context.now()),
    ...addressTrials(service, context),
  ];
  return (await tried('you', trials, context)).rows;
}

/** The state machine itself, played for the simulated service: its whole table. */
export async function preflightOfSandbox(
  config: Config,
  service: string,
  given: Simulated,
): Promise<PreflightRow[]> {
  const seed = Number(given.seed);
  const circumstances =
    given.circumstances === undefined ? undefined : readCircumstances(given.circumstances);
  const scenario = given.scenario ?? circumstances?.given.scenario ?? 'traffic-spike';
  const plain = scenarioPlay(scenario, serviceConfig(config, service), seed);
  const { world, besides: shown } = circumstances
    ? await withCircumstances(plain, circumstances, { config, service, seed })
    : plain;
  const sandbox = createSandbox({
    config,
    service,
    world,
    seed,
    alarmsStartRuns: false,
    ...(shown ? { besides: shown } : {}),
  });
  try {
    const { time, engine } = sandbox;
    await time.runUntil(() => false, Number(given.at) * 1000);
    const input = { environment: config.environment, service };
    const execution = engine.startExecution({ machine: 'preflight', input });
    await time.runUntil(() => execution.status !== 'RUNNING', 7_200_000);
    const concluded = execution.history.findLast(
      ({ stateExitedEventDetails: exited }) => exited?.name === 'Draw the conclusion',
    );
    const output: unknown = JSON.parse(concluded?.stateExitedEventDetails?.output ?? '{}');
    return parse(Tried, Object(output).report).rows;
  } finally {
    sandbox.close();
  }
}

/** The table, as wide as the terminal or without a limit off one, and the verdict as the last line. */
export function preflightScreen(
  rows: readonly PreflightRow[],
  simulated: boolean,
  columns: number | undefined,
): string {
  const sorted = [...rows.filter(isFault), ...rows.filter((row) => !isFault(row))];
  const lines = [
    fittedTable(preflightRows(sorted), columns),
    '',
    ...(simulated ? [] : [besides]),
    preflightSummary(rows).split(';')[0],
  ];
  return `${lines.join('\n')}\n`;
}

import { failWith } from '../cli/fail-with.ts';
import { parseOptions, wholeNumber } from '../cli/options.ts';
import { withCircumstances } from '../sandbox/circumstances/play.ts';
import { circumstancesOf, type ReadCircumstances, readCircumstances } from '../sandbox/circumstances/read.ts';
import { readConfig } from '../sandbox/config-files.ts';
import { createSandbox, type Sandbox, sandboxStart } from '../sandbox/sandbox.ts';
import { type Play, scenarioPlay } from '../sandbox/scenario-play.ts';
import { alertOfAlarm } from '../shared/alerts/catalogue.ts';
import { InvalidInputError } from '../shared/core/errors.ts';
import { tryParse } from '../shared/core/schema.ts';
import { Assessment, type Cause } from '../shared/document/assessment.ts';
import { Plan } from '../shared/document/plan.ts';
import { textTable } from '../shared/format/text.ts';
import { type Truth, truths } from './truths.ts';

/** What a dry run concluded at one moment. */
export interface Look {
  cause: Cause | undefined;
  action: Plan['action'] | undefined;
}

/** What was concluded when the alarm fired, and when a whole minute since was known. */
export interface Diagnosis {
  truth: Truth;
  seed: number;
  atAlarm: Look;
  informed: Look;
  right: boolean;
}

/** Every scenario begins with quiet minutes; what fires then has nothing to do with it. */
const quietSeconds = 300;
const waitedSeconds = 5400;
const config = readConfig('production');
const [service = '', settings] = Object.entries(config.services)[0] ?? [];

/**
 * Plays a scenario in which nobody acts but the service's own autoscaling, and lets a dry run look when the first alarm
 * fires. With CPU points of 20 seconds that is up to two minutes before the request rate of the same time is known; so the
 * first look may leave the cause open and add capacity. Then a second one, as soon as CloudWatch shows one whole minute
 * since the alarm, has to be right.
 */
export async function diagnosisOf(truth: Truth, seed: number): Promise<Diagnosis> {
  const read = truth.circumstances && circumstancesOf(truth.circumstances);
  const play = await playOf(truth.scenario, read, seed);
  const [atAlarm, informed] = await looks(play, seed, truth);
  const right = isRight(truth, atAlarm) || (isHarmless(truth, atAlarm) && isRight(truth, informed));
  return { truth, seed, atAlarm, informed, right };
}

function isRight({ cause, actions }: Truth, look: Look): boolean {
  return look.cause?.name === cause && look.action !== undefined && actions.includes(look.action);
}

/** Adds capacity or watches, and blames nothing that is innocent. */
function isHarmless({ cause }: Truth, { cause: found, action }: Look): boolean {
  const open = found?.name === 'unclear' || found?.name === cause;
  return open && (action === 'scale-out' || action === 'watch');
}

async function playOf(scenario: string, read: ReadCircumstances | undefined, seed: number): Promise<Play> {
  if (!settings) throw new InvalidInputError('config/production.yml names no service');
  const play = scenarioPlay(scenario, settings, seed);
  return read ? withCircumstances(play, read, { config, service, seed }) : play;
}

type Moments = Pick<Truth, 'metricDelaySeconds' | 'beginsAfterSeconds'>;

/** Both looks; neither where no alarm fires. */
async function looks(play: Play, seed: number, truth: Moments): Promise<[Look, Look]> {
  const { metricDelaySeconds = 60, beginsAfterSeconds = quietSeconds } = truth;
  const { world, besides } = play;
  const sandbox = createSandbox({
    config,
    service,
    world,
    seed,
    alarmsStartRuns: false,
    ...(besides ? { besides } : {}),
  });
  try {
    const { time, alarmEvents } = sandbox;
    const begun = sandboxStart.getTime() + beginsAfterSeconds * 1000;
    const fired = () =>
      alarmEvents.find(({ detail, time: at }) => detail.state.value === 'ALARM' && Date.parse(at) > begun);
    await time.runUntil(() => fired() !== undefined, waitedSeconds * 1000);
    const event = fired();
    if (!event) return [nothing, nothing];
    const alert = alertOfAlarm(event.detail.alarmName, sandbox.config)?.alert ?? '';
    const atAlarm = await look(sandbox, alert);
    const wholeMinuteOver = Math.ceil(Date.parse(event.time) / 60_000) * 60_000 + 60_000;
    // A few seconds more, so that the newest point is there for every source.
    const known = wholeMinuteOver + metricDelaySeconds * 1000 + 5000;
    await time.runUntil(() => time.now() >= known, known - time.now());
    return [atAlarm, await look(sandbox, alert)];
  } finally {
    sandbox.close();
  }
}

const nothing: Look = { cause: undefined, action: undefined };

async function look({ engine, time }: Sandbox, alert: string): Promise<Look> {
  const { arn } = engine.startExecution({
    machine: 'emergency-scaling',
    input: { environment: config.environment, service, alert, dryRun: true },
  });
  await time.runUntil(() => engine.describeExecution(arn).status !== 'RUNNING', 120_000);
  const { output } = engine.describeExecution(arn);
  return {
    cause: tryParse(Assessment, part(output, 'assessment'))?.cause,
    action: tryParse(Plan, part(output, 'plan'))?.action,
  };
}

const part = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The confusion table: one row per scenario, how often each cause was named and each action planned. */
export function confusionTable(diagnoses: readonly Diagnosis[]): string {
  const known = [...new Set(diagnoses.map(({ truth }) => truth))];
  const rows = known.map((truth) => {
    const mine = diagnoses.filter((one) => one.truth === truth);
    return [
      truth.name,
      truth.cause,
      counts(mine.map(({ atAlarm }) => words(atAlarm))),
      counts(mine.map(({ informed }) => words(informed))),
      truth.actions.join(' or '),
      `${mine.filter(({ right }) => right).length}/${mine.length}`,
    ];
  });
  const head = ['scenario', 'true cause', 'at the alarm', 'a whole minute later', 'right action', 'right'];
  return textTable([head, ...rows]);
}

const words = ({ cause, action }: Look): string =>
  cause ? `${cause.name}: ${action ?? 'none'}` : 'no alarm';

function counts(names: readonly string[]): string {
  const seen = new Map<string, number>();
  for (const name of names) seen.set(name, (seen.get(name) ?? 0) + 1);
  return [...seen].map(([name, count]) => `${count} × ${name}`).join(', ');
}

/** What is concluded under the circumstances of a file, whose truth is not known here. */
async function looksAt(file: string, seeds: number): Promise<string> {
  const read = readCircumstances(file);
  const rows: string[][] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const play = await playOf(read.given.scenario ?? 'traffic-spike', read, seed);
    const [atAlarm, informed] = await looks(play, seed, {});
    rows.push([String(seed), words(atAlarm), words(informed)]);
  }
  return textTable([['seed', 'at the alarm', 'a whole minute later'], ...rows]);
}

const options = { seeds: { type: 'string', default: '10' }, circumstances: { type: 'string' } } as const;

/** `npm run diagnose`: every scenario with known truth, ten seeds each; or one file of circumstances. */
export async function diagnose(argv: readonly string[]): Promise<number> {
  try {
    const { circumstances: file, ...given } = parseOptions(argv, { options });
    const seeds = wholeNumber('--seeds', given.seeds, 1, 100);
    if (file !== undefined) {
      process.stdout.write(`${await looksAt(file, seeds)}\n`);
      return 0;
    }
    const diagnoses: Diagnosis[] = [];
    for (const truth of truths) {
      for (let seed = 1; seed <= seeds; seed++) diagnoses.push(await diagnosisOf(truth, seed));
    }
    process.stdout.write(`${confusionTable(diagnoses)}\n`);
    const right = diagnoses.filter((one) => one.right).length;
    process.stdout.write(`${right} of ${diagnoses.length} right\n`);
    return right === diagnoses.length ? 0 : 5;
  } catch (error) {
    return failWith(error);
  }
}

if (import.meta.main) process.exitCode = await diagnose(process.argv.slice(2));

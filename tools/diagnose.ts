import { failWith } from '../cli/fail-with.ts';
import { readConfig } from '../sandbox/config-files.ts';
import { startIncident } from '../sandbox/incident-run.ts';
import { scenarioPlay } from '../sandbox/scenario-play.ts';
import { tryParse } from '../shared/core/schema.ts';
import { Assessment, type Cause } from '../shared/document/assessment.ts';
import { Plan } from '../shared/document/plan.ts';
import { textTable } from '../shared/format/text.ts';

/** What a scenario is in truth, and what a run should do about it first. */
interface Truth {
  scenario: string;
  cause: Cause['name'];
  actions: readonly Plan['action'][];
}

/** The sandbox's scenarios with known truth. */
export const truths: readonly Truth[] = [
  { scenario: 'traffic-spike', cause: 'traffic-spike', actions: ['scale-out'] },
  { scenario: 'flash-crowd', cause: 'traffic-spike', actions: ['scale-out'] },
  { scenario: 'bot-burst', cause: 'traffic-spike', actions: ['scale-out'] },
  { scenario: 'slow-queries', cause: 'slow-queries', actions: ['escalate', 'relieve-pool'] },
  { scenario: 'slow-leak', cause: 'memory-pressure', actions: ['scale-out', 'watch'] },
  { scenario: 'pool-exhaustion', cause: 'pool-exhaustion', actions: ['relieve-pool'] },
  { scenario: 'redis-down', cause: 'upstream-failure', actions: ['escalate'] },
  { scenario: 'bad-deployment', cause: 'deployment', actions: ['roll-back'] },
  { scenario: 'lying-metrics', cause: 'traffic-spike', actions: ['scale-out'] },
  { scenario: 'cloudwatch-delayed', cause: 'traffic-spike', actions: ['scale-out'] },
];

/** What the first assessment of a scenario concluded. */
export interface Diagnosis extends Truth {
  seed: number;
  found: Cause | undefined;
  action: Plan['action'] | undefined;
  right: boolean;
}

/** Plays a scenario as a dry run and reads what the first assessment and plan concluded. */
export async function diagnosisOf(truth: Truth, seed: number): Promise<Diagnosis> {
  const config = readConfig('production');
  const [service = '', settings] = Object.entries(config.services)[0] ?? [];
  if (!settings) throw new Error('config/production.yml names no service');
  const run = startIncident({
    config,
    service,
    play: scenarioPlay(truth.scenario, settings, seed),
    approve: 'never',
    dryRun: true,
    seed,
  });
  await run.finish((time, done, limit) => time.runUntil(done, limit));
  const output = run.sandbox.engine.executions[0]?.output;
  const parsed =
    output === undefined ? undefined : { assessment: part(output, 'assessment'), plan: part(output, 'plan') };
  const found = tryParse(Assessment, parsed?.assessment)?.cause;
  const action = tryParse(Plan, parsed?.plan)?.action;
  const right = found?.name === truth.cause && action !== undefined && truth.actions.includes(action);
  return { ...truth, seed, found, action, right };
}

const part = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The confusion table: one row per scenario, how often each cause was named. */
export function confusionTable(diagnoses: readonly Diagnosis[]): string {
  const rows = truths.map(({ scenario, cause, actions }) => {
    const mine = diagnoses.filter((one) => one.scenario === scenario);
    const right = mine.filter((one) => one.right).length;
    return [
      scenario,
      cause,
      counts(mine.map((one) => (one.found ? `${one.found.name} (${one.found.confidence})` : 'no alarm'))),
      actions.join(' or '),
      counts(mine.map((one) => one.action ?? 'none')),
      `${right}/${mine.length}`,
    ];
  });
  return textTable([['scenario', 'true cause', 'diagnosed', 'right action', 'planned', 'right'], ...rows]);
}

function counts(names: readonly string[]): string {
  const seen = new Map<string, number>();
  for (const name of names) seen.set(name, (seen.get(name) ?? 0) + 1);
  return [...seen].map(([name, count]) => `${count} × ${name}`).join(', ');
}

/** `npm run diagnose`: every scenario with known truth, several seeds each. Resolves to the exit code. */
export async function diagnose(seeds: number): Promise<number> {
  try {
    const diagnoses: Diagnosis[] = [];
    for (const truth of truths) {
      for (let seed = 1; seed <= seeds; seed++) diagnoses.push(await diagnosisOf(truth, seed));
    }
    process.stdout.write(`${confusionTable(diagnoses)}\n`);
    return diagnoses.every((one) => one.right) ? 0 : 5;
  } catch (error) {
    return failWith(error);
  }
}

if (import.meta.main) process.exitCode = await diagnose(5);

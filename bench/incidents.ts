import { readConfig } from '../local/config-files.ts';
import { startIncident } from '../local/incident-run.ts';
import { scenarioPlay } from '../local/play.ts';
import type { Report } from '../local/report.ts';
import { textTable } from '../shared/format.ts';

const scenarios = ['traffic-spike', 'flash-crowd', 'tasks-cannot-start', 'pool-exhaustion'] as const;
const runs = 8;

/** How fast the sandbox plays whole incidents, alarm to restored settings, in virtual time. */
export async function incidents(): Promise<void> {
  const rows = [
    [
      'incident',
      'outcome',
      'virtual s',
      'real ms (median)',
      'incidents/s',
      'virtual s/s',
      'API calls',
      'transitions',
    ],
  ];
  for (const scenario of scenarios) {
    const played = [];
    await play(scenario, 0);
    for (let seed = 1; seed <= runs; seed++) played.push(await play(scenario, seed));
    const real = median(played.map((one) => one.realMilliseconds));
    const virtual = median(played.map((one) => one.virtualSeconds));
    const first = played[0]?.report;
    rows.push([
      scenario,
      first?.outcome ?? '',
      String(Math.round(virtual)),
      real.toFixed(0),
      (1000 / real).toFixed(1),
      Math.round((virtual * 1000) / real).toLocaleString('en-US'),
      String(first?.measures.apiCalls ?? ''),
      String(first?.measures.stateTransitions ?? ''),
    ]);
  }
  process.stdout.write(
    `Whole incidents in virtual time (${runs} seeds each, production, approved)\n${textTable(rows)}\n`,
  );
}

async function play(
  scenario: string,
  seed: number,
): Promise<{ report: Report; realMilliseconds: number; virtualSeconds: number }> {
  const config = readConfig('production');
  const service = 'buywhere-api';
  const settings = config.services[service];
  if (!settings) throw new Error(`config/production.yml has no service ${service}`);
  const started = performance.now();
  const run = startIncident({
    config,
    service,
    play: scenarioPlay(scenario, settings, seed),
    approve: 'yes',
    dryRun: false,
    seed,
  });
  const begun = run.sandbox.time.now();
  let ended = begun;
  const report = await run.finish(async (time, done, limit) => {
    const end = await time.runUntil(done, limit);
    ended = time.now();
    return end;
  });
  return { report, realMilliseconds: performance.now() - started, virtualSeconds: (ended - begun) / 1000 };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

import { median } from '../sandbox/world/model/median.ts';
import { textTable } from '../shared/format/text.ts';
import { playIncident } from './play-incident.ts';

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
    await playIncident(scenario, 0);
    for (let seed = 1; seed <= runs; seed++) played.push(await playIncident(scenario, seed));
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

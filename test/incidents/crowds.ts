import { type Incident, type Played, play } from '../scenarios/harness.ts';

/** Seconds from the alarm of a crowd: from an hour before it to ten minutes into it, most of them near it. */
const far = Array.from({ length: 40 }, (_, i) => -3600 + 79 * i);
const near = Array.from({ length: 60 }, (_, i) => -440 + Math.round(17.5 * i));
export const moments = [...far, ...near];

const scenarios = ['traffic-spike', 'step', 'flash-crowd'];

/** One of three crowds at one of five seeds. */
export const crowd = (index: number): Incident => ({
  scenario: scenarios[index % scenarios.length] ?? 'traffic-spike',
  seed: 1 + (index % 5),
});

export const rollbacks = ({ report }: Played) => report.writes.filter(({ who }) => who === 'rollback');

const secondsSlow = ({ report }: Played) => report.measures.secondsAboveLatencyThreshold;
/** Tasks that are being replaced may serve so much later. */
const graceSeconds = 120;

/** How long users wait in the same crowd without any deployment, played once. */
const known = new Map<string, Promise<number>>();
function secondsWithout(incident: Incident): Promise<number> {
  const key = JSON.stringify(incident);
  const seconds = known.get(key) ?? play(incident).then(secondsSlow);
  known.set(key, seconds);
  return seconds;
}

/** The plays of a hundred crowds with a deployment that hurts nobody, that were not restored as without it. */
export async function notAsWithout(deployment: { restart?: true }): Promise<unknown[]> {
  const faulty: unknown[] = [];
  for (const [index, secondsAfterAlarm] of moments.entries()) {
    const incident = crowd(index);
    const deployments = [{ secondsAfterAlarm, ...deployment }];
    const played = await play({ ...incident, circumstances: { deployments } });
    const { outcome } = played.report;
    const enough = secondsSlow(played) <= (await secondsWithout(incident)) + graceSeconds;
    if (outcome === 'restored' && enough && rollbacks(played).length === 0) continue;
    faulty.push({ ...incident, secondsAfterAlarm, outcome, enough, rollbacks: rollbacks(played) });
  }
  return faulty;
}

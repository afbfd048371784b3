import { check, type Violation } from './checkers/all.ts';
import type { RareName } from './generate/circumstances.ts';
import { incidentOf } from './generate/generate.ts';
import type { ChaosIncident } from './generate/incident.ts';
import type { Planted } from './mutations/planted.ts';
import { playIncident } from './play.ts';
import { storyOf } from './report/story.ts';
import { shrink } from './shrink.ts';

let warm = false;

/** The first use of an SDK client in a process takes other turns than the later ones: one play goes ahead. */
export async function warmUp(): Promise<void> {
  if (warm) return;
  warm = true;
  await playIncident(
    {
      environment: 'production',
      traffic: { factor: 4, riseSeconds: 5, holdSeconds: 420 },
      troubles: [{ kind: 'deployment', revision: 43, from: 1000, until: 1001 }],
      approver: { answer: 'yes', delaySeconds: 5 },
      taskStartSeconds: 40,
      trigger: 'console',
      faults: [],
    },
    1,
  );
}

/** Plays a seed's incident again and tells its story; a failing one is shrunk first. */
export async function replay(
  seed: number,
  planted: Planted = {},
  within: readonly RareName[] = [],
): Promise<{ incident: ChaosIncident; hash: string; violations: Violation[]; story: string }> {
  await warmUp();
  const incident = incidentOf(seed, within);
  const recording = await playIncident(incident, seed, planted);
  const { violations } = check(recording);
  const first = violations[0];
  if (!first) return { incident, hash: recording.hash(), violations, story: storyOf(recording, []) };
  const small = await shrink(incident, seed, first.invariant, planted);
  const again = await playIncident(small, seed, planted);
  return {
    incident: small,
    hash: recording.hash(),
    violations,
    story: storyOf(again, check(again).violations),
  };
}

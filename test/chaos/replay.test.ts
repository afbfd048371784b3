import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { incidentOf } from '../../chaos/generate/generate.ts';
import { playIncident } from '../../chaos/play.ts';
import { replay, warmUp } from '../../chaos/replay.ts';
import type { Config } from '../../shared/config/schema.ts';

const patience = 600_000;
const run = promisify(execFile);

async function inAnotherProcess(
  seed: number,
): Promise<{ hash: string; seed: number; violations: unknown[] }> {
  const { stdout } = await run(process.execPath, ['chaos/chaos.ts', '--replay', String(seed), '--json']);
  return JSON.parse(stdout);
}

describe('the same seed is the same run', () => {
  it(
    'again after others, and in another process',
    async () => {
      await warmUp();
      const hash = async (seed: number) => (await playIncident(incidentOf(seed), seed)).hash();
      const first = await hash(3);
      const other = await hash(4);
      expect(await hash(3)).toBe(first);
      expect(other).not.toBe(first);
      expect(await inAnotherProcess(3)).toMatchObject({ seed: 3, hash: first, violations: [] });
    },
    patience,
  );
});

describe('a run that violates an invariant', () => {
  it(
    'is shrunk to what is needed, and its story says what was violated',
    async () => {
      const seed = 1;
      // With steps of nine tenths the product breaks invariant 2 in any scale-in, whatever else goes wrong.
      const planted = {
        config: (shipped: Config) => ({
          ...shipped,
          limits: { ...shipped.limits, scaleInStep: 0.9 },
        }),
      };
      const { violations, incident, story } = await replay(seed, planted);
      expect(violations.map(({ invariant }) => invariant)).toContain('2 small steps');
      expect(incident.faults.length).toBeLessThanOrEqual(incidentOf(seed).faults.length);
      expect(incident.troubles).toEqual([]);
      expect(story).toMatch(/^VIOLATED .*\n/);
      expect(story).toContain('2 small steps: too large a step');
      expect(story.split('\n').length).toBeLessThanOrEqual(40);
    },
    patience,
  );
});

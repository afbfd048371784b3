import { readConfig } from '../sandbox/config-files.ts';
import { startIncident } from '../sandbox/incident-run.ts';
import type { Report } from '../sandbox/report.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { scenarioPlay } from '../sandbox/scenario-play.ts';

export interface PlayedIncident {
  report: Report;
  sandbox: Sandbox;
  realMilliseconds: number;
  virtualSeconds: number;
}

/** Plays one incident of production in virtual time, approved by everybody asked. */
export async function playIncident(scenario: string, seed: number): Promise<PlayedIncident> {
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
  return {
    report,
    sandbox: run.sandbox,
    realMilliseconds: performance.now() - started,
    virtualSeconds: (ended - begun) / 1000,
  };
}

import { readConfig } from '../../../sandbox/config-files.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/sandbox.ts';
import { scenarioPlay } from '../../../sandbox/scenario-play.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { parse } from '../../../shared/core/schema.ts';
import { PreflightReport } from '../../../shared/document/preflight.ts';

/** A preflight to play, and what is true meanwhile. */
export interface Rehearsal {
  input?: object;
  scenario?: string;
  besides?: SandboxOptions['besides'];
  faults?: SandboxOptions['faults'];
  hooks?: SandboxOptions['hooks'];
  change?: (config: Config) => void;
  /** Gets the sandbox right before the preflight starts. */
  begun?: (sandbox: Sandbox) => Promise<void> | void;
}

const quietSeconds = 600;

/** Everything that a preflight can be asked for. */
export const everything = { testMail: true, testNotice: true, testRun: true };

/** Plays the state machine for a service that runs quietly, and reads the table out of its history. */
export async function rehearse(given: Rehearsal = {}) {
  const config = structuredClone(readConfig('production'));
  given.change?.(config);
  const service = Object.keys(config.services)[0] ?? '';
  const { world } = scenarioPlay(given.scenario ?? 'quiet', serviceConfig(config, service), 1);
  const sandbox = createSandbox({
    config,
    service,
    world,
    seed: 1,
    alarmsStartRuns: false,
    ...(given.besides ? { besides: given.besides } : {}),
    ...(given.faults ? { faults: given.faults } : {}),
    ...(given.hooks ? { hooks: given.hooks } : {}),
  });
  try {
    const { engine, time } = sandbox;
    await time.runUntil(() => false, quietSeconds * 1000);
    await given.begun?.(sandbox);
    const begun = { writes: sandbox.aws.writes.length, mails: sandbox.aws.mailbox.length };
    const execution = engine.startExecution({
      machine: 'preflight',
      input: { environment: 'production', ...given.input },
    });
    const running = () => engine.executions.some(({ status }) => status === 'RUNNING');
    await time.runUntil(() => !running(), 7_200_000);
    const exited = execution.history.findLast(
      ({ stateExitedEventDetails: one }) => one?.name === 'Draw the conclusion',
    );
    const output: unknown = JSON.parse(exited?.stateExitedEventDetails?.output ?? 'null');
    return {
      execution,
      sandbox,
      report: exited ? parse(PreflightReport, Object(output).report) : undefined,
      rows: exited ? parse(PreflightReport, Object(output).report).rows : [],
      writes: sandbox.aws.writes.slice(begun.writes),
      mails: sandbox.aws.mailbox.slice(begun.mails),
      calls: sandbox.aws.calls,
    };
  } finally {
    sandbox.close();
  }
}

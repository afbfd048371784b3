import { widthOf } from '../../local/display/lines.ts';
import { verdictOf } from '../../local/display/summary.ts';
import { playTold } from '../../local/display/told.ts';
import { storyOf } from '../../local/story.ts';
import type { ApproverAnswer } from '../../sandbox/approver.ts';
import type { Mail } from '../../sandbox/aws/mailbox.ts';
import type { ServiceSettings, WriteRecord } from '../../sandbox/aws/wire.ts';
import { readConfig } from '../../sandbox/config-files.ts';
import { startIncident } from '../../sandbox/incident-run.ts';
import type { Report } from '../../sandbox/report.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { scenarioPlay } from '../../sandbox/scenario-play.ts';
import { throttled } from '../../sandbox/throttle-faults.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import { parse } from '../../shared/core/schema.ts';
import { ServiceRecord, serviceKey } from '../../shared/incident/service-record.ts';
import { Snapshot, snapshotKey } from '../../shared/incident/snapshot.ts';

/** One place of the matrix. */
export interface Cell {
  scenario: string;
  environment: 'production' | 'staging';
  answer: ApproverAnswer;
  /** Share of all calls that AWS throttles, percent. */
  throttle: number;
  seed: number;
}

/** Everything that was said of an incident, and what was true. */
export interface Said {
  report: Report;
  /** The settings before anything happened, and every write since, in order. */
  initial: ServiceSettings;
  writes: readonly WriteRecord[];
  snapshot?: Snapshot | undefined;
  mails: readonly Mail[];
  /** The pages that approvers were shown. */
  pages: readonly string[];
  /** The last line of the terminal with its reasons, and everything before it. */
  verdict: string;
  story: string;
}

const configs = { production: readConfig('production'), staging: readConfig('staging') };
/** Nothing is broken into lines: each sentence is read whole. */
const layout = { width: 10_000, stream: process.stdout };
const command = { script: 'simulate', argv: [] } as const;

/** Plays one incident to its end in virtual time. */
export async function said({ scenario, environment, answer, throttle, seed }: Cell): Promise<Said> {
  const config = structuredClone(configs[environment]);
  const service = Object.keys(config.services)[0] ?? '';
  const pages: string[] = [];
  const run = startIncident({
    config,
    service,
    play: scenarioPlay(scenario, serviceConfig(config, service), seed),
    approve: answer,
    dryRun: false,
    seed,
    hooks: { functions: (own) => ({ ...own, approval: keeping(own.approval, pages) }) },
    ...throttled(throttle, seed),
  });
  const { aws, store, service: named } = run.sandbox;
  const initial = aws.settings(named.cluster, named.service);
  const { report, lines } = await playTold(run, answer);
  const stored = await store.read(serviceKey(named.cluster, named.service));
  const record = stored && parse(ServiceRecord, stored.body);
  const snapshot = record && (await store.read(snapshotKey(record.incidentId)));
  if (widthOf(process.stdout) > layout.width) throw new Error('the terminal is wider than the layout');
  return {
    report,
    initial,
    writes: aws.writes,
    snapshot: snapshot && parse(Snapshot, snapshot.body),
    mails: aws.mailbox,
    pages,
    verdict: verdictOf(report, command, layout),
    story: storyOf(report, lines, command, layout),
  };
}

type Handler = Sandbox['functions'][string];

/** A function that notes the pages that it answers with. */
const keeping =
  (approval: Handler | undefined, pages: string[]): Handler =>
  async (...call) => {
    const answer: unknown = await approval?.(...call);
    const body = Object(answer).body;
    if (typeof body === 'string') pages.push(body);
    return answer;
  };

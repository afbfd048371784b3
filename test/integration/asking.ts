import { createRecorder } from '../../local/console/recorder.ts';
import { serveSandbox } from '../../local/console/server.ts';
import { approvalLink } from '../../sandbox/approver.ts';
import type { Mail } from '../../sandbox/aws/mailbox.ts';
import type { VirtualTime } from '../../sandbox/clock.ts';
import { readConfig } from '../../sandbox/config-files.ts';
import { startIncident } from '../../sandbox/incident-run.ts';
import type { Report } from '../../sandbox/report.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { scenarioPlay } from '../../sandbox/scenario-play.ts';
import type { ApprovalRequest } from '../../shared/approval/request.ts';
import { readApproval } from '../../shared/approval/store.ts';
import { serviceConfig } from '../../shared/config/packaged.ts';
import type { Config } from '../../shared/config/schema.ts';

/** A simulated incident that waits for people, with its pages on loopback. */
export interface Asking {
  sandbox: Sandbox;
  time: VirtualTime;
  /** The approval mails, one for each approver, and the links in them. */
  mails: Mail[];
  links: string[];
  /** Works with a browser; meanwhile virtual time runs as fast as real time. */
  live<T>(work: () => Promise<T>): Promise<T>;
  /** The request as it is stored now. */
  stored(): Promise<ApprovalRequest>;
}

/** Plays an incident up to the approval, lets people act, and plays it to its end. */
export async function whileAsking(
  work: (asking: Asking) => Promise<void>,
  change: (approval: Config['approval']) => void = () => {},
): Promise<Report> {
  const config = structuredClone(readConfig('production'));
  change(config.approval);
  const [service = ''] = Object.keys(config.services);
  const play = scenarioPlay('traffic-spike', serviceConfig(config, service), 1);
  const server = await serveSandbox(0);
  const started = { config, service, play, approve: 'ask' as const, dryRun: false, seed: 1 };
  const run = startIncident({ ...started, approvalBaseUrl: server.url });
  const { sandbox } = run;
  server.show({ sandbox, recorder: createRecorder(sandbox), told: [], speed: 1 });
  const asked = () => sandbox.logs.find(({ message }) => message === 'approval requested');
  try {
    return await run.finish(async (time, done, limit) => {
      await time.runUntil(() => asked() !== undefined);
      await time.settle();
      const mails = sandbox.aws.mailbox.filter(({ text }) => approvalLink(text));
      await work({
        sandbox,
        time,
        mails,
        links: mails.flatMap(({ text }) => approvalLink(text) ?? []),
        live: (browse) => paced(time, browse),
        async stored() {
          const found = await readApproval(String(asked()?.fields.approval), sandbox.store);
          if (!found) throw new Error('no request is stored');
          return found.request;
        },
      });
      return time.runUntil(done, limit);
    });
  } finally {
    await server.close();
  }
}

async function paced<T>(time: VirtualTime, work: () => Promise<T>): Promise<T> {
  let over = false;
  const working = work().finally(() => {
    over = true;
  });
  await time.runPaced(() => over, 1);
  return working;
}

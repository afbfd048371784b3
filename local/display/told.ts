import type { ApproverAnswer } from '../../sandbox/approver.ts';
import type { IncidentRun } from '../../sandbox/incident-run.ts';
import type { Report } from '../../sandbox/report.ts';
import type { Line } from './lines.ts';
import { createNarrator } from './narrator.ts';

/** Plays an incident to its end as fast as it goes, and keeps what there is to tell of it. */
export async function playTold(
  run: IncidentRun,
  answer: ApproverAnswer,
): Promise<{ report: Report; lines: Line[] }> {
  const lines: Line[] = [];
  const narrator = createNarrator(run.sandbox, answer);
  const tell = () => void lines.push(...narrator.look());
  const report = await run.finish(async (time, done, limit) => {
    const end = await time.runUntil(() => {
      tell();
      return done();
    }, limit);
    tell();
    return end;
  });
  return { report, lines };
}

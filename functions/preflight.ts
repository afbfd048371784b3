import * as v from 'valibot';
import { autoscaling, cloudwatch, ecs, functions, mail, store } from '../shared/aws/clients.ts';
import { version } from '../shared/aws/platform.ts';
import { parse } from '../shared/core/schema.ts';
import { PreflightAsk, Tried } from '../shared/document/preflight.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { asksOf, PreflightStart } from '../shared/preflight/ask.ts';
import { claimMails, releaseMails } from '../shared/preflight/mail-claim.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { Collected, failedRows, reportOf, shortened } from '../shared/preflight/report.ts';
import { accountTrials, settingsTrials } from '../shared/preflight/settings.ts';
import { forEach, mergedRows, tried } from '../shared/preflight/trials.ts';

type Tools = StepContext<'ecs' | 'autoscaling' | 'cloudwatch' | 'mail' | 'functions' | 'store' | 'version'>;

const Begin = v.object({ begin: v.unknown(), execution: v.string() });
const Table = v.object({ ask: PreflightAsk, collected: Collected });
const End = v.object({ tables: v.array(Tried), execution: v.string() });

/**
 * The preflight's own steps: says what to try, compares what is configured with what is there, and makes the table of what
 * all functions came to. Each function tries its own calls itself, under its own role.
 */
export const preflight = step({
  name: 'preflight',
  input: v.union([Begin, Table, End]),
  async run(input, context: Tools) {
    if ('begin' in input) return begin(input, context);
    if ('collected' in input) return tableOf(input, context);
    const { config, now, log } = context;
    const about = { environment: config.environment, execution: input.execution, at: now().toISOString() };
    const report = reportOf(input.tables, about);
    log.info('preflight ended', { ready: report.ready, summary: report.summary });
    return report;
  },
  preflight: (ask, context: Tools) =>
    tried(
      'preflight',
      [
        ...recordTrials(context.store, ask, { writes: ['preflight'] }),
        ...(ask.once ? accountTrials(context) : []),
        ...forEach(ask, context.config, (service) => settingsTrials(service, context)),
      ],
      context,
    ),
});

export const handler = lambda(preflight, { ecs, autoscaling, cloudwatch, mail, functions, store, version });

async function begin({ begin: given, execution }: v.InferOutput<typeof Begin>, context: Tools) {
  const { config, now } = context;
  const start = parse(PreflightStart, given);
  // Before a mail is claimed.
  asksOf(start, config, { execution });
  // Where the table refuses it, a row of its own says so; then nobody is mailed.
  const claimed = start.testMail
    ? await claimMails(context.store, context.version.name, execution, now()).catch(() => undefined)
    : undefined;
  const mails = claimed === undefined ? {} : { mayMail: claimed };
  return { shares: asksOf(start, config, { execution, ...mails }).map((ask) => ({ ask })) };
}

async function tableOf({ ask, collected }: v.InferOutput<typeof Table>, context: Tools): Promise<Tried> {
  const all = Object.values(collected.tried).flatMap(({ rows }) => rows);
  const rows = mergedRows([...all, ...failedRows(collected.failed)]);
  const mails = rows.filter(({ check }) => check === 'ses:SendEmail');
  if (ask.testMail && !mails.some(({ result }) => result === 'ok'))
    await releaseMails(context.store, context.version.name, ask.execution, context.now()).catch(
      (error: unknown) => context.log.warn('test mails stay claimed', { error: String(error) }),
    );
  if (collected.token) rows.push({ by: 'approval', check: 'token', result: 'ok' });
  return { rows: ask.short ? shortened(rows) : rows };
}

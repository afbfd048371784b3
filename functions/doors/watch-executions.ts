import * as v from 'valibot';
import { notices, states, store } from '../../shared/aws/clients.ts';
import { http, random } from '../../shared/aws/platform.ts';
import { secrets } from '../../shared/aws/secrets.ts';
import { isRunning } from '../../shared/aws/step-functions.ts';
import { forService } from '../../shared/config/packaged.ts';
import { machines } from '../../shared/document/request.ts';
import { serviceOfInput } from '../../shared/intake/run-service.ts';
import type { StepContext } from '../../shared/lambda/context.ts';
import { lambda, step } from '../../shared/lambda/step.ts';
import { sendKept, sendOrKeep } from '../../shared/notices/outbox.ts';
import {
  claimMention,
  EndedExecution,
  endedNotice,
  idleNotice,
  idlePeriods,
  isUntold,
  subjectOfLastRun,
  Tick,
  watchedServices,
} from '../../shared/notices/watcher.ts';
import { channelTrials } from '../../shared/preflight/notices.ts';
import { recordTrials } from '../../shared/preflight/records.ts';
import { executionTrials } from '../../shared/preflight/states.ts';
import { notTried, tried } from '../../shared/preflight/trials.ts';

type WatchTools = StepContext<'states' | 'store' | 'notices' | 'http' | 'secrets' | 'random'>;

/**
 * The watcher (invariant 13): tells people of every run that ended without saying so itself, reminds of a service that
 * stays scaled out while no run handles it, and sends notices again that a channel did not take. Changes nothing at
 * the service.
 */
export const watchExecutions = step({
  name: 'watch-executions',
  input: v.union([EndedExecution, Tick]),
  async run(event, context: WatchTools) {
    if ('detail' in event) return tellOfEnd(event, context);
    const late = await sendLate(context);
    return { ...(await remindOfIdle(context)), late };
  },
  preflight: (ask, context: WatchTools) =>
    tried(
      'watch-executions',
      [
        ...recordTrials(context.store, ask, { writes: ['service', 'outbox'] }),
        ...executionTrials(context.states, ask, machines),
        ...channelTrials('watch-executions', ask, context),
        notTried('sqs:SendMessage', 'by-lambda'),
      ],
      context,
    ),
});

export const handler = lambda(watchExecutions, { states, store, notices, http, secrets, random });

async function tellOfEnd(event: EndedExecution, context: WatchTools) {
  if (!isUntold(event)) return { told: [] };
  const { executionArn, input } = event.detail;
  const services = await watchedServices(context.config, context.store);
  const service = serviceOfInput(input, context.config);
  const watched =
    services.find(({ record }) => record?.owner === executionArn) ??
    services.find(({ name }) => name === service);
  const owner = watched?.record?.owner;
  const another = owner !== undefined && owner !== executionArn;
  const running = another ? await isRunning(context.states, owner).catch(unknownToday) : false;
  const notice = endedNotice(event, watched && { ...watched, running }, context.config);
  const subject = subjectOfLastRun(watched, executionArn, context.config);
  const delivery = await sendOrKeep('failed', notice, subject, context);
  context.log.error('a run ended without saying so', { execution: executionArn, ...delivery });
  return { told: [delivery] };
}

/** A notice is not lost over what it could say besides. */
const unknownToday = () => undefined;

async function remindOfIdle(context: WatchTools) {
  const told = [];
  for (const watched of await watchedServices(context.config, context.store)) {
    const periods = idlePeriods(watched.record, context.now(), forService(context.config, watched.name));
    if (periods < 1 || !watched.record || (await isRunning(context.states, watched.record.owner))) continue;
    const claimant = Buffer.from(context.random.bytes(16)).toString('hex');
    if (!(await claimMention(watched, periods, claimant, context.config, context.store))) continue;
    const notice = idleNotice(watched, context.now(), context.config);
    const subject = subjectOfLastRun(watched, watched.record.owner, context.config);
    told.push(await sendOrKeep('still-scaled-out', notice, subject, context));
  }
  context.log.info('looked after services without a run', { told });
  return { told };
}

async function sendLate(context: WatchTools) {
  const services = Object.keys(context.config.services);
  const sent = await Promise.allSettled(services.map((service) => sendKept(service, context)));
  return sent.flatMap((result, i) => {
    if (result.status === 'fulfilled') return result.value;
    context.log.error('kept notices could not be read', {
      service: services[i],
      error: String(result.reason),
    });
    return [];
  });
}

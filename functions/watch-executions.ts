import * as v from 'valibot';
import { notices, states, store } from '../shared/aws/clients.ts';
import { http } from '../shared/aws/platform.ts';
import { secrets } from '../shared/aws/secrets.ts';
import { isRunning } from '../shared/aws/step-functions.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import type { Tools } from '../shared/lambda/tools.ts';
import { sendKept, sendOrKeep } from '../shared/notices/outbox.ts';
import { serviceOfInput } from '../shared/notices/run-service.ts';
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
} from '../shared/notices/watcher.ts';

type WatchTools = Tools<'states' | 'store' | 'notices' | 'http' | 'secrets'>;

/**
 * The watcher (invariant 13): tells people of every run that ended without saying so itself, reminds of a service that
 * stays scaled out while no run looks after it, and sends notices again that a channel did not take. Changes nothing at
 * the service.
 */
export const watchExecutions = step({
  name: 'watch-executions',
  input: v.union([EndedExecution, Tick]),
  async run(event, tools: WatchTools) {
    if ('detail' in event) return tellOfEnd(event, tools);
    const late = await sendLate(tools);
    return { ...(await remindOfIdle(tools)), late };
  },
});

export const handler = lambda(watchExecutions, { states, store, notices, http, secrets });

async function tellOfEnd(event: EndedExecution, tools: WatchTools) {
  if (!isUntold(event)) return { told: [] };
  const { executionArn, input } = event.detail;
  const services = await watchedServices(tools.config, tools.store);
  const service = serviceOfInput(input, tools.config);
  const watched =
    services.find(({ record }) => record?.owner === executionArn) ??
    services.find(({ name }) => name === service);
  const notice = endedNotice(event, watched, tools.config);
  const subject = subjectOfLastRun(watched, executionArn, tools.config);
  const delivery = await sendOrKeep('failed', notice, subject, tools);
  tools.log.error('a run ended without saying so', { execution: executionArn, ...delivery });
  return { told: [delivery] };
}

async function remindOfIdle(tools: WatchTools) {
  const told = [];
  for (const watched of await watchedServices(tools.config, tools.store)) {
    const periods = idlePeriods(watched.record, tools.now(), tools.config);
    if (periods < 1 || !watched.record || (await isRunning(tools.states, watched.record.owner))) continue;
    if (!(await claimMention(watched, periods, tools.config, tools.store))) continue;
    const notice = idleNotice(watched, tools.now(), tools.config);
    const subject = subjectOfLastRun(watched, watched.record.owner, tools.config);
    told.push(await sendOrKeep('still-scaled-out', notice, subject, tools));
  }
  tools.log.info('looked after services without a run', { told });
  return { told };
}

async function sendLate(tools: WatchTools) {
  const services = Object.keys(tools.config.services);
  const sent = await Promise.allSettled(services.map((service) => sendKept(service, tools)));
  return sent.flatMap((result, i) => {
    if (result.status === 'fulfilled') return result.value;
    tools.log.error('kept notices could not be read', { service: services[i], error: String(result.reason) });
    return [];
  });
}

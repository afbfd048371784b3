import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetExecutionHistoryCommand, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { parse } from '../../shared/core/schema.ts';
import { PreflightReport } from '../../shared/document/preflight.ts';
import { isFault } from '../../shared/format/preflight.ts';
import { executionEnded, startExecution, statesOf } from '../aws/deployed/executions.ts';
import { settingsOf } from '../aws/deployed/settings.ts';
import { root } from '../support/packaged.ts';
import { approvalMails, type Decided, decide } from './approver.ts';
import { type Answer, open } from './browser.ts';
import type { Emulator } from './emulator.ts';
import { machineName, type Run, runsOf } from './runs.ts';
import { until } from './until.ts';
import { crowd, quiet } from './world.ts';

type Settings = Awaited<ReturnType<typeof settingsOf>>;

/** An incident from the crowd's arrival to the end of its scale-in. */
export interface Played {
  before: Settings;
  /** While the request for approval is open. */
  raised: Settings;
  /** The approvers who got a link. */
  asked: string[];
  decided: Decided[];
  after: Settings;
  emergencies: Run[];
  scaleIn: Run;
}

/** Two bad minutes until an alarm fires, and what the functions take. */
const alarmSeconds = 600;
/** Two minutes of metrics of the new tasks. */
const recoverySeconds = 600;
const calmSeconds = 600;
const downSeconds = 600;

/** Where the services' settings are asked for. */
export const settings = ({ clients }: Emulator, service: string): Promise<Settings> =>
  settingsOf(clients, { cluster: 'buywhere-production', service });

/** Executions that are about a service, the oldest first. */
export async function runsAbout({ clients }: Emulator, machine: string, service: string): Promise<Run[]> {
  const runs = await runsOf(clients.states, machine);
  return runs.filter(
    ({ input }) => input.service === service || input.detail?.alarmName?.startsWith(`${service}-`),
  );
}

/** The crowd comes, `meanwhile` happens, and each decision is given by another approver once it is asked for. */
export async function playIncident(
  emulator: Emulator,
  service: string,
  decisions: readonly ('approved' | 'rejected')[],
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<Played> {
  const { world, url } = emulator;
  const before = await settings(emulator, service);
  world.offer(service, crowd);
  await meanwhile();
  await until(`${service} is scaled out`, alarmSeconds, async () => {
    const { desired = 0 } = await settings(emulator, service);
    return desired > (before.desired ?? 0);
  });
  world.offer(service, quiet);
  const waiting = await until(`a scale-in of ${service} begins`, recoverySeconds, async () =>
    (await runsAbout(emulator, 'scale-in', service)).at(0),
  );
  const mails = await until(`all approvers of ${service} have a mail`, calmSeconds, async () => {
    const found = await approvalMails(url, service);
    return found.length >= 3 && found;
  });
  const raised = await settings(emulator, service);
  const decided: Decided[] = [];
  for (const [index, decision] of decisions.entries())
    decided.push(await decide(mails[index]?.link ?? '', decision, `It is ${decision}.`));
  const scaleIn = await until(`the scale-in of ${service} ends`, downSeconds, async () => {
    const runs = await runsAbout(emulator, 'scale-in', service);
    return runs.find(({ arn, status }) => arn === waiting.arn && status !== 'RUNNING');
  });
  return {
    before,
    raised,
    asked: mails.map(({ to }) => to).sort(),
    decided,
    after: await settings(emulator, service),
    emergencies: await runsAbout(emulator, 'emergency-scaling', service),
    scaleIn,
  };
}

/** Alertmanager tells of a service with a token, at the deployed address. */
export async function postAlert(emulator: Emulator, service: string, token: string): Promise<Answer> {
  const body = event('alertmanager/firing')
    .replaceAll('buywhere-api', service)
    .replace(/"startsAt": "[^"]*"/, `"startsAt": "${new Date().toISOString()}"`);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return open(`${emulator.httpApi}/alerts`, { body, headers });
}

/** Starts a machine as at the console, for one service. */
export const startAtConsole = ({ clients }: Emulator, machine: string, file: string, service: string) =>
  startExecution(clients.states, machineName(machine), { ...JSON.parse(event(file)), service });

/** The same, to its end. */
export async function runAtConsole(emulator: Emulator, machine: string, file: string, service: string) {
  const { states } = emulator.clients;
  return executionEnded(states, await startAtConsole(emulator, machine, file, service));
}

/** Runs the preflight for a service to its end: the rows of its report with a fault, and how many are well. */
export async function preflightOf({ clients }: Emulator, service: string) {
  const input = { ...JSON.parse(event('preflight')), service };
  const run = await startExecution(clients.states, machineName('preflight'), input);
  await executionEnded(clients.states, run);
  const { events = [] } = await clients.states.send(
    new GetExecutionHistoryCommand({ executionArn: run, reverseOrder: true, maxResults: 20 }),
  );
  const [last] = events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.input ?? []);
  const { rows } = parse(PreflightReport, JSON.parse(last ?? '{}').report);
  return { faults: rows.filter(isFault), well: rows.filter(({ result }) => result === 'ok').length };
}

/** A person stops an execution once it has entered a state. */
export async function stopAt(states: SFNClient, executionArn: string, state: string): Promise<void> {
  await until(`${executionArn} enters ${state}`, 300, async () =>
    (await statesOf(states, executionArn)).includes(state),
  );
  await states.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'a drill' }));
}

const event = (file: string): string => readFileSync(join(root, 'events', `${file}.json`), 'utf8');

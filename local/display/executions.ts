import { isCallback, parseResource } from '../../sandbox/engine/basics/arn.ts';
import type { Definitions } from '../../sandbox/engine/definition/definitions.ts';
import type { Execution } from '../../sandbox/engine/history/execution.ts';
import type { HistoryEvent } from '../../sandbox/engine/history/history.ts';
import { endOf } from '../../sandbox/report.ts';
import type { Config } from '../../shared/config/schema.ts';
import { textsOf } from '../../shared/format/reasons.ts';
import { documentOf, type RunDocument } from './document.ts';
import type { Line } from './lines.ts';
import { failureSaying, type Said, type Saying, sayingOf } from './states.ts';

/** What the teller of an execution needs from outside. */
export interface Surroundings {
  config: Config;
  definitions: Definitions;
  /** Changes that this function made and that were not handed out yet, oldest first; the newest `leave` stay for later. */
  takeWrites(functionName: string, leave: number): string[];
  /** Told of an alert whose run joined the one that is under way. */
  joined(alert: string): void;
  /** Whether the display has a line of its own for this event, an alarm of the simulated CloudWatch. */
  isToldAlarm(eventId: string | undefined): boolean;
}

/** Tells one execution from its history, only what is new since the last call. */
export function executionTeller(execution: Execution, surroundings: Surroundings): () => Line[] {
  const said: Said = new Map();
  let seen = 0;
  let failure = '';
  let begun = false;

  function tell(event: HistoryEvent, later: readonly HistoryEvent[]): Line[] {
    const exited = event.stateExitedEventDetails;
    if (exited) return stateLines(event.timestamp, exited.name, exited.output, later);
    return event.type.startsWith('Execution') && event.type !== 'ExecutionStarted'
      ? endLines(event.timestamp)
      : [];
  }

  function stateLines(at: number, state: string, output: string, later: readonly HistoryEvent[]): Line[] {
    const work = workOf(execution, state, surroundings.definitions);
    if (work === undefined || looksOnly(execution, work)) return [];
    const document = documentOf(output);
    const writes = surroundings.takeWrites(work, later.filter((event) => workEndedBy(event) === work).length);
    if (document.failure && document.failure.Cause !== failure) {
      failure = document.failure.Cause;
      return [stateLine(at, state, failureSaying(document.failure))];
    }
    if (work === 'intake') return ignoredLines(at, document);
    if (work === 'open-incident') return openedLines(at, state, document);
    const saying = sayingOf(work, document, writes, { config: surroundings.config, said });
    return saying ? [stateLine(at, state, saying)] : [];
  }

  const workEndedBy = ({ stateExitedEventDetails: exited }: HistoryEvent) =>
    exited && workOf(execution, exited.name, surroundings.definitions);

  function ignoredLines(at: number, { request }: RunDocument): Line[] {
    if (!request || request.act || surroundings.isToldAlarm(request.eventId)) return [];
    return [
      {
        at,
        kind: 'run',
        text: `${execution.machine} has nothing to do`,
        details: textsOf(request.reasons),
      },
    ];
  }

  function openedLines(at: number, state: string, { request, incident }: RunDocument): Line[] {
    if (!request || !incident) return [];
    if (incident.status === 'joined') {
      surroundings.joined(request.alert ?? execution.name);
      return [];
    }
    begun = true;
    const forAlert =
      request.alert && !request.requestedBy.includes(request.alert) ? ` for ${request.alert}` : '';
    const text = `${execution.machine} starts${forAlert}, asked for by ${request.requestedBy}`;
    const start: Line = { at: execution.startDate, kind: 'run', text, details: [] };
    const refused = incident.status === 'busy' || incident.status === 'capped';
    const why: Line = stateLine(at, state, {
      text: `no run may start (${incident.status})`,
      details: textsOf(incident.reasons),
      tone: 'bad',
    });
    return refused ? [start, why] : [start];
  }

  function endLines(at: number): Line[] {
    const { outcome, reasons } = endOf(execution);
    const good = execution.status === 'SUCCEEDED';
    if (good && !begun) return [];
    const text = `${execution.machine} ends: ${outcome}`;
    return [
      {
        at,
        kind: 'run',
        text,
        details: outcome === 'failed' ? textsOf(reasons) : [],
        tone: good ? 'good' : 'bad',
      },
    ];
  }

  return () => {
    const events = execution.history.slice(seen);
    seen = execution.history.length;
    return events.flatMap((event, i) => tell(event, events.slice(i + 1)));
  };
}

const stateLine = (at: number, state: string, saying: NonNullable<Saying>): Line => ({
  at,
  kind: 'state',
  ...saying,
  text: `${state}: ${saying.text}`,
});

/** The workflow beside an open request assesses and plans to see whether anything is left to approve: no news as a rule. */
const looksOnly = ({ machine }: Execution, work: string): boolean =>
  machine === 'approval-reminder' && (work === 'assess' || work === 'plan');

/** The function that a state runs; undefined for a state that runs none. */
function workOf({ machine }: Execution, name: string, definitions: Definitions): string | undefined {
  const state = definitions.machines.get(machine)?.definition.States[name];
  if (state?.Type !== 'Task') return undefined;
  const resource = parseResource(state.Resource);
  if (isCallback(resource)) return 'request-approval';
  return resource?.kind === 'function' ? resource.function : 'start-execution';
}

import type { Execution } from '../../sandbox/engine/history/execution.ts';
import type { HistoryEvent } from '../../sandbox/engine/history/history.ts';
import type { Moment } from '../generate/incident.ts';
import type { Invocation } from '../record/recording.ts';

/** Lets things happen at their moments, and knows in which state each execution is. */
export interface Moments {
  /** Told of every event of every execution. */
  onEvent(execution: Execution, event: HistoryEvent): void;
  /** Told of every call of a function right before it, with the number of those that it made already. */
  onCall(invocation: Invocation): void;
  whereIs(execution: string | undefined): { state: string; stateEntry: number };
  at(moment: Moment, act: () => void): void;
  /** Whether something is still to come at a fixed time. */
  pending(): boolean;
}

type Waiting<T extends Moment> = T & { act: () => void };

/** Where an execution is, and the how manieth visit of any execution to that state it is. */
interface Place {
  machine: string;
  state: string;
  stateEntry: number;
  visit: number;
}

export function createMoments(): Moments {
  const places = new Map<string, Place>();
  const visits = new Map<string, number>();
  const afterEntry: Waiting<Extract<Moment, { afterSeconds: number }>>[] = [];
  const beforeCall: Waiting<Extract<Moment, { call: number }>>[] = [];
  let timers = 0;

  const later = (seconds: number, act: () => void) => {
    timers += 1;
    setTimeout(() => {
      timers -= 1;
      act();
    }, seconds * 1000);
  };

  return {
    onEvent(execution, event) {
      const state = event.stateEnteredEventDetails?.name;
      if (state === undefined) return;
      const { arn, machine } = execution;
      const key = `${machine}/${state}`;
      const visit = (visits.get(key) ?? 0) + 1;
      visits.set(key, visit);
      const place = { machine, state, stateEntry: event.id, visit };
      places.set(arn, place);
      for (const one of afterEntry) if (isAt(one, place)) later(one.afterSeconds, one.act);
    },
    onCall({ execution, operations }) {
      const place = places.get(execution ?? '');
      const due = (one: { call: number } & Omit<Place, 'stateEntry'>) =>
        place !== undefined && isAt(one, place) && one.call === operations.length + 1;
      // A step that is repeated makes the same calls again, but people do things once.
      for (const one of beforeCall.filter(due)) {
        beforeCall.splice(beforeCall.indexOf(one), 1);
        one.act();
      }
    },
    whereIs: (execution) => places.get(execution ?? '') ?? { state: 'a page', stateEntry: 0 },
    at(moment, act) {
      if ('atSeconds' in moment) later(moment.atSeconds, act);
      else if ('call' in moment) beforeCall.push({ ...moment, act });
      else afterEntry.push({ ...moment, act });
    },
    pending: () => timers > 0,
  };
}

const isAt = (wanted: Omit<Place, 'stateEntry'>, { machine, state, visit }: Place) =>
  wanted.machine === machine && wanted.state === state && wanted.visit === visit;

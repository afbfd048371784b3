import type { Execution } from '../engine/execution.ts';
import type { HistoryEvent } from '../engine/history.ts';
import type { Moment } from './incident.ts';

/** Lets things happen at their moments, and knows in which state each execution is. */
export interface Moments {
  /** Told of every event of every execution. */
  onEvent(execution: Execution, event: HistoryEvent): void;
  whereIs(execution: string | undefined): { state: string; stateEntry: number };
  at(moment: Moment, act: () => void): void;
  /** Whether something is still to come at a fixed time. */
  pending(): boolean;
}

type Waiting = Extract<Moment, { state: string }> & { act: () => void };

export function createMoments(): Moments {
  const places = new Map<string, { state: string; stateEntry: number }>();
  const visits = new Map<string, number>();
  const waiting: Waiting[] = [];
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
      places.set(execution.arn, { state, stateEntry: event.id });
      const key = `${execution.machine}/${state}`;
      const visit = (visits.get(key) ?? 0) + 1;
      visits.set(key, visit);
      for (const one of waiting) {
        if (one.machine !== execution.machine || one.state !== state || one.visit !== visit) continue;
        later(one.afterSeconds, one.act);
      }
    },
    whereIs: (execution) => places.get(execution ?? '') ?? { state: 'a page', stateEntry: 0 },
    at(moment, act) {
      if ('atSeconds' in moment) later(moment.atSeconds, act);
      else waiting.push({ ...moment, act });
    },
    pending: () => timers > 0,
  };
}

import type { Trouble } from '../../sandbox/world/model/trouble.ts';
import type { Circumstances } from '../generate/circumstances.ts';
import type { ChaosFault, Moment } from '../generate/incident.ts';

/** The moment in which a state is entered, for the nth time. */
export const during = (machine: string, state: string, visit = 1): Moment & { state: string } => ({
  machine,
  state,
  visit,
  afterSeconds: 0,
});

/** The first two calls of an operation are refused with this error. */
export const refused = (call: string, name: string): ChaosFault => ({
  kind: 'wire',
  call,
  first: 1,
  times: 2,
  what: { kind: 'error', name, status: 400 },
});

/** A deployment of a revision begins, so many seconds after the start. */
export const deployed = (revision: number, from: number): Trouble => ({
  kind: 'deployment',
  revision,
  from,
  until: from + 1,
});

/** People are asked, and say yes. */
export const asked: Circumstances = {
  environment: 'production',
  approver: { answer: 'yes', delaySeconds: 60 },
};

import type { Step } from './text.ts';

/** The run is held: that is recorded and told, whatever fails on the way. */
export const held: Step[] = [
  [
    'Record that the run is held',
    'close-incident(outcome: held, document ← $) as $.outcome → Tell people that it is held; States.ALL as $.unrecorded → Tell people that it is held',
  ],
  [
    'Tell people that it is held',
    'notify(kind: held, document ← $) as $.notices.held → Is the reason recorded?; States.ALL as $.notices.held → Nobody was told',
  ],
  [
    'Is the reason recorded?',
    '$.outcome.summary IsPresent true → Held; else → Say that the reason is not recorded',
  ],
  [
    'Say that the reason is not recorded',
    'pass(summary: The end could not be recorded; see the failure or the last check in this execution.) as $.outcome → Held',
  ],
  ['Held', 'fail'],
];

/** Ends of a run that another one took over, that could not start, or that nobody could be told of. */
export const withoutRun: Step[] = [
  ['Superseded', 'fail'],
  [
    'Report that no run could start',
    'notify(kind: failed, document ← $) as $.notices.failed → Not started; States.ALL as $.notices.failed → Nobody was told',
  ],
  ['Not started', 'fail'],
  ['Nobody was told', 'fail'],
  ['Bad request', 'fail'],
];

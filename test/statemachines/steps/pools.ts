import type { Step } from './text.ts';

/** The pools are raised, looked at and taken back: the same in both machines that do so. */
export const raising: Step[] = [
  [
    'Raise the pools',
    'tune-pools(mode: raise, document ← $) as $.change.pools → Were the pools raised?; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
  [
    'Were the pools raised?',
    '$.change.pools.changed BooleanEquals true → Wait for the pools; else → Do people know of the pools?',
  ],
  ['Wait for the pools', 'waits 5 → Look at the pools again'],
  [
    'Look at the pools again',
    'read-pools(mode: verify, document ← $) as $.relief → Has it helped?; States.ALL as $.unread → Tell people that the pools are raised',
  ],
  [
    'Has it helped?',
    '$.relief.next StringEquals look-again → Wait for the pools; $.relief.next StringEquals raise-again → Raise the pools; $.relief.next StringEquals undo → Take the raise back; else → Tell people that the pools are raised',
  ],
  [
    'Take the raise back',
    'tune-pools(mode: undo, document ← $) as $.change.pools → Tell people that it has not helped; LockLostError as $.failure → Superseded; States.ALL as $.failure → Record that the run is held',
  ],
];

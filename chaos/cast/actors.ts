import type { PersonAct, Recording } from '../record/recording.ts';
import type { Stage } from '../stage.ts';
import { act } from './acts.ts';
import { approvers } from './people.ts';
import { createScene } from './scene.ts';
import { visitors } from './visitors.ts';
import { webhookSenders } from './webhook-senders.ts';

/** Everybody and everything that acts in an incident beside the product, and what they did. */
export interface Cast {
  /** Called at intervals: approvers read their mail. */
  look(): Promise<void>;
  /** Whether somebody is in the middle of something. */
  busy(): boolean;
  readonly people: readonly PersonAct[];
  readonly answers: Recording['answers'];
  readonly removedApprovers: Recording['removedApprovers'];
  readonly switched: Recording['switched'];
  readonly stopped: ReadonlyMap<string, number>;
  readonly faultyInputs: ReadonlySet<string>;
}

/** When a person starts the run at the console, in seconds. */
const consoleSeconds = 150;

/** Puts everyone in their place: each acts when its moment comes. */
export function actors(stage: Stage): Cast {
  const { sandbox, incident, moments } = stage;
  const scene = createScene(stage);
  for (const fault of incident.faults) act(fault, scene);
  if (incident.trigger === 'console') {
    moments.at({ atSeconds: consoleSeconds }, () =>
      scene.start('emergency-scaling', { alert: 'HighLatencyP99', requestedBy: 'person' }),
    );
  }
  const answers: Recording['answers'][number][] = [];
  const uninvited = [visitors(sandbox), webhookSenders(sandbox)];
  const invited = approvers(sandbox, incident.approver, stage.mirror.body, answers);
  const { people, removedApprovers, switched, stopped, faultyInputs } = scene;
  return {
    async look() {
      for (const visit of uninvited) await visit();
      await invited();
    },
    busy: scene.busy,
    people,
    answers,
    removedApprovers,
    switched,
    stopped,
    faultyInputs,
  };
}

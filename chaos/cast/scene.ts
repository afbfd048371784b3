import type { ServiceSettings } from '../../sandbox/aws/wire.ts';
import { withNames } from '../generate/generate.ts';
import { met } from '../record/reach.ts';
import type { PersonAct, Recording } from '../record/recording.ts';
import type { Stage } from '../stage.ts';

/** What those who act have at hand, and what they did so far. */
export interface Scene extends Stage {
  /** The settings before the incident. */
  readonly before: ServiceSettings;
  readonly people: PersonAct[];
  readonly removedApprovers: Recording['removedApprovers'][number][];
  readonly switched: Recording['switched'][number][];
  readonly stopped: Map<string, number>;
  readonly faultyInputs: Set<string>;
  /** Notes which states a fault meets: those in which executions are now. */
  reached(fault: string): void;
  /** Lets somebody do something that takes time. */
  doing(work: () => Promise<unknown>): void;
  busy(): boolean;
  /** Starts a machine for the incident's environment and service, as a person does; resolves to the execution. */
  start(machine: string, input: object): { arn: string };
  /** The same with just this input, which may be faulty. */
  startWith(machine: string, input: unknown): { arn: string };
}

export function createScene(stage: Stage): Scene {
  const { incident, moments, reach } = stage;
  const { engine, aws, service } = stage.sandbox;
  let acting = 0;
  const statesNow = () =>
    engine
      .listExecutions({ status: 'RUNNING' })
      .map(({ arn, machine }) => `${machine} · ${moments.whereIs(arn).state}`);
  const startWith = (machine: string, input: unknown) =>
    engine.startExecution({ machine, input: withNames(input, incident.environment) });
  return {
    ...stage,
    before: aws.settings(service.cluster, service.service),
    people: [],
    removedApprovers: [],
    switched: [],
    stopped: new Map(),
    faultyInputs: new Set(),
    reached(fault) {
      const states = statesNow();
      for (const state of states.length > 0 ? states : ['nothing runs']) met(reach, fault, state);
    },
    doing(work) {
      acting += 1;
      void work().finally(() => {
        acting -= 1;
      });
    },
    busy: () => acting > 0,
    start: (machine, input) =>
      startWith(machine, { environment: 'ENVIRONMENT', service: 'SERVICE', ...input }),
    startWith,
  };
}

import { statemachinesFolder } from '../../sandbox/config-files.ts';
import { type Definitions, loadDefinitions } from '../../sandbox/engine/definition/definitions.ts';

let loaded: Definitions | undefined;

/** The shipped state machines, read once per process. */
export function chaosDefinitions(): Definitions {
  loaded ??= loadDefinitions(statemachinesFolder);
  return loaded;
}

import { type Definitions, loadDefinitions } from '../../local/engine/definitions.ts';
import { statemachinesFolder } from '../../sandbox/config-files.ts';

let loaded: Definitions | undefined;

/** The shipped state machines, read once per process. */
export function chaosDefinitions(): Definitions {
  loaded ??= loadDefinitions(statemachinesFolder);
  return loaded;
}

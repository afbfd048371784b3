import type { Definitions } from '../../sandbox/engine/definition/definitions.ts';
import type { LocalFunction, LocalSurroundings } from '../../sandbox/functions.ts';
import type { Config } from '../../shared/config/schema.ts';
import type { Invocation } from '../record/recording.ts';

/** A planted bug: another configuration, state machine, surrounding or function than the shipped one. */
export interface Planted {
  config?(shipped: Config): Config;
  definitions?(shipped: Definitions): Definitions;
  surroundings?(own: LocalSurroundings, current: () => Invocation | undefined): LocalSurroundings;
  functions?(own: Record<string, LocalFunction>): Record<string, LocalFunction>;
}

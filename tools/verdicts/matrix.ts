import { scenarioNames } from '../../sandbox/world/scenarios.ts';
import type { Cell } from './play.ts';

/** AWS throttles nothing, or a third of all calls. */
const throttles = [0, 30];

/** Every scenario with every answer, in production; in staging nobody is asked. Each of it throttled as well. */
export const matrixOf = (seeds: number): Cell[] =>
  Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
    throttles.flatMap((throttle) =>
      scenarioNames.flatMap((scenario): Cell[] => [
        ...(['yes', 'no', 'never'] as const).map((answer) => ({
          scenario,
          environment: 'production' as const,
          answer,
          throttle,
          seed,
        })),
        { scenario, environment: 'staging', answer: 'yes', throttle, seed },
      ]),
    ),
  );

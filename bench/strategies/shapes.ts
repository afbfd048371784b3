import { type Play, scenarioPlay, tracePlay } from '../../sandbox/scenario-play.ts';
import type { ServiceConfig } from '../../shared/config/service.ts';
import { InvalidInputError } from '../../shared/core/errors.ts';

/** The shapes of traffic that are played without `--shape` and `--trace`: names of scenarios. */
export const shapeNames = ['step', 'ramp', 'flash-crowd', 'plateau', 'bot-burst'] as const;
type ShapeName = (typeof shapeNames)[number];

/** Traffic that a job plays: a generated shape, or a trace file. */
export type Shape = { shape: ShapeName } | { trace: string };

/** After a generated shape is over, every strategy has this long to come back to normal. */
const tailSeconds = 3600;

/** @throws InvalidInputError that lists the shapes. */
export function shapeOf(name: string): Shape {
  const shape = shapeNames.find((known) => known === name);
  if (!shape)
    throw new InvalidInputError(`--shape: "${name}" is not known; allowed: ${shapeNames.join(', ')}`);
  return { shape };
}

/** The traffic, and for how many seconds it is played and measured. A trace is measured from end to end. */
export function playOf(shape: Shape, service: ServiceConfig, seed: number): { play: Play; seconds: number } {
  if ('trace' in shape) {
    const play = tracePlay(shape.trace, service);
    return { play, seconds: Math.floor(play.calmAfterSeconds) };
  }
  const play = scenarioPlay(shape.shape, service, seed);
  return { play, seconds: play.calmAfterSeconds + tailSeconds };
}

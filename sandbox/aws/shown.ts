import type { SimulatedService } from '../world/model/types.ts';
import type { Output } from './input.ts';

/** A stopped task that ECS still shows, beside those that the world has stopped. */
export interface ShownTask {
  /** Last part of its ARN. */
  id: string;
  /** Milliseconds; before that moment nobody can see that it stopped. */
  stoppedAt: number;
  /** Members as DescribeTasks answers them. */
  members: Output;
}

/** What AWS shows of a service beside what the world plays: facts of a real service. Times in milliseconds. */
export interface ShownService {
  /** Members that DescribeServices shows besides or instead, times in epoch seconds. */
  serviceMembers?: Output;
  stoppedTasks?: readonly ShownTask[];
  serviceEvents?: readonly { id: string; at: number; message: string }[];
  /** The configured target group is idle: its metrics have no points. They are the other group's, if one is known. */
  idleTargetGroup?: { instead: string | undefined };
  /** DescribeServices answers from before a write for so long after it: ECS is eventually consistent. */
  lagSeconds?: number;
}

/** By `cluster/service`. */
export type ShownServices = Readonly<Record<string, ShownService>>;

/** What is shown of a service; nothing besides, as a rule. */
export const shownOf = (shown: ShownServices | undefined, service: SimulatedService): ShownService =>
  shown?.[`${service.cluster}/${service.name}`] ?? {};

/** One second in the queue of one task, as a fluid. */

import { meanServiceSeconds, shareWithin } from '../model/latency.ts';

/** What meets the queue in this second. Rates are requests per second. */
export interface QueueInput {
  arriving: number;
  /** Rate at 100 % CPU. */
  cpuRate: number;
  /** Rate that the connection pool allows. */
  poolRate: number;
  baseSeconds: number;
  /** Latency beside CPU: slow queries and the wait for a connection. */
  extraSeconds: number;
  slots: number;
  timeoutSeconds: number;
}

/** Numbers of requests, and times in seconds. */
export interface QueueOutput {
  queue: number;
  served: number;
  /** Refused because all slots were taken. */
  overflow: number;
  /** Served after the client had gone. */
  expired: number;
  waitSeconds: number;
  meanSeconds: number;
  /** Share of the CPU in use, 0 to 1. */
  utilisation: number;
  /** The pool, not the CPU, is what the queue waits for. */
  poolBound: boolean;
}

/** Moves the queue on by one second. */
export function stepQueue(queue: number, input: QueueInput): QueueOutput {
  const rate = Math.min(input.cpuRate, input.poolRate);
  const waiting = queue + input.arriving;
  const served = Math.min(waiting, rate);
  // Nobody waits longer than the time-out, so the queue is never longer than what is served within it.
  const left = Math.min(waiting - served, input.slots, rate * input.timeoutSeconds);
  const waitSeconds = (queue + left) / 2 / rate;
  const utilisation = Math.min(1, served / input.cpuRate);
  const meanSeconds = meanServiceSeconds(input.baseSeconds, utilisation) + input.extraSeconds;
  return {
    queue: left,
    served,
    overflow: waiting - served - left,
    expired: served * expiredShare(input.timeoutSeconds, meanSeconds, waitSeconds),
    waitSeconds,
    meanSeconds,
    utilisation,
    poolBound: left > 0 && input.poolRate < input.cpuRate,
  };
}

function expiredShare(timeoutSeconds: number, meanSeconds: number, waitSeconds: number): number {
  // Far below the time-out the tail is nothing; this spares a logarithm per task and second.
  if (waitSeconds + 12 * meanSeconds < timeoutSeconds) return 0;
  return 1 - shareWithin(timeoutSeconds, meanSeconds, waitSeconds);
}

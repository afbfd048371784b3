import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Violation } from '../checkers/all.ts';
import type { Mutation } from './mutation.ts';

/** How the search for one planted bug ended. */
export interface Hunted {
  mutation: Mutation;
  /** Incidents played, with the one that found it. */
  runs: number;
  /** Absent when nothing was violated. */
  found?: { seed: number; violation: Violation };
  /** What the sound code violates in the incident that found the bug: must be nothing. */
  sound: Violation[];
}

export interface Hunt {
  mutations: readonly Mutation[];
  /** Most incidents for one bug. */
  runs: number;
  seed: number;
  workers: number;
  onEnd?(hunted: Hunted): void;
}

const start = (...args: string[]) => fork(join(import.meta.dirname, 'worker.ts'), args);

/**
 * Plants each bug in turn, in a process of its own, and plays incidents until an invariant is violated; then plays the
 * same incident with the sound code.
 * @throws Error when a process ends otherwise than by itself.
 */
export async function hunt({ mutations, runs, seed, workers, onEnd }: Hunt): Promise<Hunted[]> {
  const sound = start();
  await answerOf(sound);
  const queue = mutations.map((mutation, index) => ({ mutation, index }));
  const ended: Hunted[] = [];
  let soundFree = Promise.resolve<unknown>(undefined);
  const checkSound = (name: string, at: number) => {
    const asked = soundFree.then(() => {
      sound.send({ name, seed: at });
      return answerOf(sound);
    });
    soundFree = asked;
    return asked.then(({ violations = [] }) => violations);
  };
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { mutation, index } = next;
      const answer = await answerOf(start(mutation.name, String(seed), String(runs)));
      const found =
        answer.seed === undefined || !answer.violation
          ? undefined
          : { seed: answer.seed, violation: answer.violation };
      const hunted: Hunted = {
        mutation,
        runs: answer.runs ?? 0,
        ...(found ? { found } : {}),
        sound: found ? await checkSound(mutation.name, found.seed) : [],
      };
      ended[index] = hunted;
      onEnd?.(hunted);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    sound.kill();
  }
  return ended;
}

interface Answer {
  runs?: number;
  seed?: number;
  violation?: Violation;
  violations?: Violation[];
}

const answerOf = (child: ChildProcess) =>
  new Promise<Answer>((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a chaos process ended with ${code}`));
    child.once('error', reject);
    child.once('exit', ended);
    child.once('message', (answer: Answer) => {
      child.off('exit', ended);
      child.off('error', reject);
      resolve(answer);
    });
  });

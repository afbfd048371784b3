import FakeTimers from '@sinonjs/fake-timers';
import { virtualDate } from './virtual-date.ts';
import { mulberry32 } from './world/model/random.ts';

/** Why a run of virtual time ended: the condition held, the limit was reached, or no timer was left to wait for. */
export type RunEnd = 'done' | 'limit' | 'idle';

/** Virtual time: the global timers and `Date` of this process, moved only by `runUntil` and `runPaced`. */
export interface VirtualTime {
  /** Virtual milliseconds since the epoch. */
  now(): number;
  /** Uniform in [0, 1), from the seed; its own stream, so that third parties' draws do not disturb it. */
  random(): number;
  /** Repeatable bytes. For the sandbox only: whoever knows the seed knows them. */
  randomBytes(count: number): Uint8Array;
  /** Holds the clock while `work` does real input or output, such as a request over a socket. */
  withRealIo<T>(work: () => Promise<T>): Promise<T>;
  /** Waits until promises have settled and no real input or output is held open; moves no time. */
  settle(): Promise<void>;
  /** Jumps from timer to timer until `done`, or for at most `limit` virtual milliseconds. */
  runUntil(done: () => boolean, limit?: number): Promise<RunEnd>;
  /** As `runUntil`, but paced: `speed` virtual seconds per real second, with real I/O going on meanwhile. */
  runPaced(done: () => boolean, speed: number, limit?: number): Promise<RunEnd>;
  /** Gives the real timers, `Date` and `Math.random` back. */
  uninstall(): void;
}

/** Event loop turns before time may move: one for promise chains, one for a library that hops through setImmediate. */
const QUIET_TURNS = 2;
/** Real milliseconds between two looks at the clock in a paced run. */
const PACE_MILLISECONDS = 10;

/** Puts virtual time, starting at `start`, in place of the real one, and seeded numbers in place of Math.random. */
export function installVirtualTime(options: { start: Date; seed: number }): VirtualTime {
  const realSetTimeout = globalThis.setTimeout;
  const realSetImmediate = globalThis.setImmediate;
  const realRandom = Math.random;
  const RealDate = Date;
  const clock = FakeTimers.withGlobal(globalThis).install({
    now: options.start,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
    // A timer made before the installation is cleared as usual, not reported as foreign.
    shouldClearNativeTimers: true,
  });
  const setDate = (value: object) => Object.assign(globalThis, { Date: value });
  setDate(virtualDate(() => clock.now));
  const random = mulberry32(options.seed);
  const byteSource = mulberry32(options.seed ^ 0x5bd1e995);
  Math.random = mulberry32(options.seed ^ 0x27d4eb2f);
  let realIoInFlight = 0;

  const turn = () => new Promise<void>((resolve) => void realSetImmediate(resolve));
  const pause = () => new Promise<void>((resolve) => void realSetTimeout(resolve, PACE_MILLISECONDS));
  const nextTimerAt = () => clock.timerHeap?.peek()?.callAt;

  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      await turn();
      quiet = realIoInFlight > 0 ? 0 : quiet + 1;
    }
  }

  async function runUntil(done: () => boolean, limit = Number.POSITIVE_INFINITY): Promise<RunEnd> {
    const end = clock.now + limit;
    for (;;) {
      await settle();
      if (done()) return 'done';
      const next = nextTimerAt();
      if (next === undefined) return 'idle';
      if (next > end) {
        clock.tick(end - clock.now);
        return 'limit';
      }
      clock.next();
    }
  }

  async function runPaced(
    done: () => boolean,
    speed: number,
    limit = Number.POSITIVE_INFINITY,
  ): Promise<RunEnd> {
    const virtualStart = clock.now;
    const realStart = performance.now();
    for (;;) {
      await settle();
      if (done()) return 'done';
      const elapsed = (performance.now() - realStart) * speed;
      const target = virtualStart + Math.floor(Math.min(elapsed, limit));
      const next = nextTimerAt();
      if (next !== undefined && next <= target) {
        clock.next();
        continue;
      }
      clock.tick(Math.max(0, target - clock.now));
      if (elapsed >= limit) return 'limit';
      await pause();
    }
  }

  return {
    now: () => clock.now,
    random,
    randomBytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(byteSource() * 256)),
    withRealIo: async (work) => {
      realIoInFlight += 1;
      try {
        return await work();
      } finally {
        realIoInFlight -= 1;
      }
    },
    settle,
    runUntil,
    runPaced,
    uninstall: () => {
      clock.uninstall();
      setDate(RealDate);
      Math.random = realRandom;
    },
  };
}

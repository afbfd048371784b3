import { payloadLimit, StateFailure, StepFunctionsError } from '../basics/failure.ts';
import { type Json, parseJson } from '../basics/json.ts';
import { randomBytes } from '../basics/random.ts';

/** First bytes of every token, and how many random ones follow: about 700 characters of base64, as AWS's own. */
const tokenPrefix = Buffer.from([0, 0, 0, 42, 0, 0, 0, 2]);
const randomLength = 517;

/** The wait of one attempt of one callback task. */
export interface Callback {
  readonly token: string;
  /** Settles with what SendTaskSuccess or SendTaskFailure brings. */
  readonly answer: Promise<Json>;
  /** Called for each SendTaskHeartbeat. */
  onHeartbeat: () => void;
  /** The attempt is over: later answers are refused with TaskTimedOut. */
  close(): void;
}

interface Waiting {
  succeed(output: Json): void;
  fail(failure: StateFailure): void;
  heartbeat(): void;
}

/** All task tokens ever issued; a closed one stays known, so that a late answer is told apart from a forged one. */
export class TaskTokens {
  readonly #random: () => number;
  readonly #tokens = new Map<string, Waiting | 'closed'>();

  constructor(random: () => number) {
    this.#random = random;
  }

  issue(): Callback {
    const token = Buffer.concat([tokenPrefix, randomBytes(randomLength, this.#random)]).toString('base64');
    const { promise, resolve, reject } = Promise.withResolvers<Json>();
    promise.catch(() => {}); // an answer may come before anyone waits for it
    const callback: Callback = {
      token,
      answer: promise,
      onHeartbeat: () => {},
      close: () => this.#tokens.set(token, 'closed'),
    };
    this.#tokens.set(token, { succeed: resolve, fail: reject, heartbeat: () => callback.onHeartbeat() });
    return callback;
  }

  /** SendTaskSuccess. Throws InvalidOutput, InvalidToken, TaskTimedOut. */
  succeed(token: string, output: string): void {
    const value = parseOutput(output);
    this.#take(token, true).succeed(value);
  }

  /** SendTaskFailure. Throws InvalidToken, TaskTimedOut. */
  fail(token: string, error: string | undefined, cause: string | undefined): void {
    this.#take(token, true).fail(new StateFailure(error ?? 'States.TaskFailed', cause));
  }

  /** SendTaskHeartbeat. Throws InvalidToken, TaskTimedOut. */
  heartbeat(token: string): void {
    this.#take(token, false).heartbeat();
  }

  #take(token: string, close: boolean): Waiting {
    const waiting = this.#tokens.get(token);
    if (waiting === undefined) throw new StepFunctionsError('InvalidToken', "Invalid Token: 'Invalid token'");
    if (waiting === 'closed') {
      throw new StepFunctionsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    if (close) this.#tokens.set(token, 'closed');
    return waiting;
  }
}

function parseOutput(output: string): Json {
  if (Buffer.byteLength(output) > payloadLimit) {
    throw new StepFunctionsError('InvalidOutput', `Invalid Output: '${payloadLimit} bytes are the limit'`);
  }
  try {
    return parseJson(output);
  } catch {
    throw new StepFunctionsError('InvalidOutput', "Invalid Output: 'Output is not valid JSON'");
  }
}

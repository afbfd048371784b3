import { AsyncLocalStorage } from 'node:async_hooks';
import type { WireRequest, WireResponse } from '../../sandbox/aws/wire.ts';
import { callOf as cacheCall } from '../../sandbox/cache/commands.ts';
import type { LocalFunction, LocalSurroundings } from '../../sandbox/functions.ts';
import { numberAt, textAt } from '../facts/values.ts';
import type { Aim, Invocation, Operation } from '../record/recording.ts';
import type { FunctionFaults } from './function-faults.ts';

/** An invocation while it runs, and how its process dies. */
interface Process {
  invocation: Invocation;
  dead: boolean;
  die(error: string): void;
}

/** How functions are called: recorded, and disturbed as the faults say. */
export interface Processes {
  readonly invocations: Invocation[];
  /** The invocation whose code runs now. */
  current(): Invocation | undefined;
  functions(own: Record<string, LocalFunction>): Record<string, LocalFunction>;
  surroundings(own: LocalSurroundings): LocalSurroundings;
}

/** The functions' own time limit in `serverless.yml`, virtual milliseconds. */
const functionTimeout = 60_000;

/** Answers that are kept for the invariants. */
const keptAnswers: ReadonlySet<string> = new Set(['store:read', 'cloudwatch:DescribeAlarms']);

/** A dead process does nothing more, and nobody hears from it. */
const silence = <T>() => new Promise<T>(() => undefined);

export function createProcesses(options: {
  now(): number;
  faults: FunctionFaults;
  /** Where an execution is: the entry of its present state in the history. */
  whereIs(execution: string | undefined): { state: string; stateEntry: number };
  /** What the service aims at now, and since when a deployment is running, if one is. */
  aim?(): Aim;
  /** Told of each call right before it; what it sets off is none of the process's own. */
  onCall?(invocation: Invocation): void;
}): Processes {
  const { now, faults } = options;
  const running = new AsyncLocalStorage<Process>();
  const invocations: Invocation[] = [];

  /** Lets the present process ask something of the outside, unless it dies of it. */
  async function ask<T>(operation: Omit<Operation, 'at'>, work: () => Promise<T>): Promise<T> {
    const process = running.getStore();
    if (!process) return work();
    if (process.dead) return silence();
    const { invocation } = process;
    running.exit(() => options.onCall?.(invocation));
    const death = faults.deathAt(invocation, operation.name);
    if (death === 'before') process.die('Lambda.Unknown');
    if (process.dead) return silence();
    const asked: Operation = { ...operation, at: now() };
    invocation.operations.push(asked);
    try {
      return await noting(asked, work);
    } finally {
      if (death === 'after') process.die('Lambda.Unknown');
      if (process.dead) await silence();
    }
  }

  /** Notes that a function is called now. */
  function called(name: string, event: unknown, execution: string | undefined): Invocation {
    const invocation: Invocation = {
      id: invocations.length,
      function: name,
      ...(execution ? { execution } : {}),
      ...options.whereIs(execution),
      event,
      startedAt: now(),
      ...options.aim?.(),
      operations: [],
    };
    invocations.push(invocation);
    return invocation;
  }

  /** Runs a function in a process of its own, which may die. */
  async function inProcess(invocation: Invocation, work: () => Promise<unknown>): Promise<unknown> {
    const died = Promise.withResolvers<never>();
    const process: Process = {
      invocation,
      dead: false,
      die(error) {
        process.dead = true;
        died.reject(Object.assign(new Error('the process of the function died'), { name: error }));
      },
    };
    const limit = setTimeout(() => process.die('Sandbox.Timedout'), functionTimeout);
    try {
      invocation.result = await Promise.race([running.run(process, work), died.promise]);
      return invocation.result;
    } catch (error) {
      invocation.error = nameOf(error);
      throw error;
    } finally {
      process.dead = true;
      clearTimeout(limit);
      invocation.endedAt = now();
    }
  }

  const invoke =
    (name: string, own: LocalFunction): LocalFunction =>
    async (event, context) => {
      const invocation = called(name, event, textAt(context, 'executionArn'));
      const refusal = faults.refusalOf(invocation);
      if (!refusal) return inProcess(invocation, () => own(event, context));
      invocation.error = refusal;
      throw Object.assign(new Error('the function was not invoked'), { name: refusal });
    };

  return {
    invocations,
    current: () => running.getStore()?.invocation,
    functions: (own) =>
      Object.fromEntries(Object.entries(own).map(([name, one]) => [name, invoke(name, one)])),
    surroundings: (own) => ({
      ...own,
      now: () => own.now() + faults.clockOffset(running.getStore()?.invocation),
      handle: (request) => ask({ name: callOf(request) }, () => own.handle(request)),
      store: {
        read: (key) =>
          ask({ name: 'store:read', key }, () =>
            faults.storeRead(running.getStore()?.invocation, own.store, key),
          ),
        write: (key, body, conditions) =>
          ask({ name: 'store:write', key }, () =>
            faults.storeWrite(running.getStore()?.invocation, own.store, key, body, conditions),
          ),
      },
      switchIsOn: () =>
        ask({ name: 'ssm:GetParameter' }, async () => {
          faults.channel('switch', running.getStore()?.invocation);
          return own.switchIsOn();
        }),
      httpGet: (url, ...rest) =>
        ask({ name: 'http:get', key: url }, () =>
          faults.source(url, running.getStore()?.invocation, () => own.httpGet(url, ...rest)),
        ),
      httpPost: (url, ...rest) =>
        ask({ name: 'http:post', key: url }, async () => {
          faults.channel(url.includes('pagerduty') ? 'pagerduty' : 'chat', running.getStore()?.invocation);
          return own.httpPost(url, ...rest);
        }),
      readSecret: (name) =>
        ask({ name: 'secrets:read', key: name }, async () => {
          faults.channel('secrets', running.getStore()?.invocation);
          return own.readSecret(name);
        }),
      databasesFor: (caller) => ({
        connect: (target, given, work) =>
          own
            .databasesFor(caller)
            .connect(target, given, (asked) =>
              work((sql) => ask({ name: consoleCall(target.database, sql) }, () => asked(sql))),
            ),
      }),
      cachesFor: (caller) => ({
        connect: (target, given, work) =>
          own
            .cachesFor(caller)
            .connect(target, given, (asked) =>
              work((command, ...words) =>
                ask({ name: cacheCall(command, words) }, () => asked(command, ...words)),
              ),
            ),
      }),
    }),
  };
}

/** `pgbouncer:SET`, `pgbouncer:SHOW`, `postgres:SELECT`. */
const consoleCall = (database: string, sql: string): string =>
  `${database === 'pgbouncer' ? database : 'postgres'}:${sql.trim().split(' ')[0]}`;

const nameOf = (error: unknown) => (error instanceof Error ? error.name : String(error));

/** Writes down what an operation was answered. */
async function noting<T>(asked: Operation, work: () => Promise<T>): Promise<T> {
  try {
    const answer = await work();
    if (keptAnswers.has(asked.name)) asked.body = answer;
    if (isRefusal(answer)) Object.assign(asked, { error: errorNameOf(answer), status: answer.status });
    return answer;
  } catch (error) {
    asked.error = nameOf(error);
    throw error;
  }
}

const isRefusal = (answer: unknown): answer is WireResponse =>
  typeof answer === 'object' &&
  answer !== null &&
  'headers' in answer &&
  (numberAt(answer, 'status') ?? 0) >= 400;

/** The name of an AWS error, in whichever of the protocols it travels. */
const errorNameOf = ({ headers, body }: WireResponse): string =>
  headers['x-amzn-errortype'] ??
  /"__type":"(\w+)"|<Code>(\w+)/.exec(body)?.slice(1).find(Boolean) ??
  'unknown';

const prefixes: readonly (readonly [prefix: string, service: string])[] = [
  ['AmazonEC2ContainerServiceV20141113.', 'ecs:'],
  ['AnyScaleFrontendService.', 'application-autoscaling:'],
  ['GraniteServiceVersion20100801.', 'cloudwatch:'],
  ['AWSStepFunctions.', 'states:'],
];

/** `ecs:UpdateService`, from a request on the wire. */
export function callOf({ headers, path, body }: WireRequest): string {
  const target = headers['x-amz-target'] ?? '';
  const known = prefixes.find(([prefix]) => target.startsWith(prefix));
  if (known) return `${known[1]}${target.slice(known[0].length)}`;
  return path.startsWith('/v2/email') ? 'ses:SendEmail' : `sns:${/Action=(\w+)/.exec(body)?.[1] ?? ''}`;
}

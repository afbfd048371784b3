import { z } from 'zod';
import { parseResource } from '../basics/arn.ts';

/**
 * The part of the Amazon States Language (JSONPath) that the local Step Functions runs. Unknown fields are refused:
 * a field that AWS would obey and the sandbox would ignore must not pass unseen.
 * Source: https://states-language.net/spec.html
 */

const json = z.json();
const path = z.string().startsWith('$', 'a JSONPath starts with $');
const nullablePath = path.nullable().optional();
const errorNames = z.array(z.string()).min(1);

const retrier = z.strictObject({
  ErrorEquals: errorNames,
  IntervalSeconds: z.int().min(1).optional(),
  MaxAttempts: z.int().min(0).max(99_999_999).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: z.int().min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
});
const catcher = z.strictObject({ ErrorEquals: errorNames, Next: z.string(), ResultPath: nullablePath });

const base = { Comment: z.string().optional(), InputPath: nullablePath, OutputPath: nullablePath };
const transition = { Next: z.string().optional(), End: z.literal(true).optional() };
const result = { ResultSelector: json.optional(), ResultPath: nullablePath };
const recovery = { Retry: z.array(retrier).optional(), Catch: z.array(catcher).optional() };

const task = z.strictObject({
  Type: z.literal('Task'),
  Resource: z.string().refine((arn) => parseResource(arn) !== undefined, 'no resource that the sandbox runs'),
  Parameters: json.optional(),
  TimeoutSeconds: z.int().min(1).optional(),
  TimeoutSecondsPath: path.optional(),
  HeartbeatSeconds: z.int().min(1).optional(),
  HeartbeatSecondsPath: path.optional(),
  ...base,
  ...transition,
  ...result,
  ...recovery,
});
const pass = z.strictObject({
  Type: z.literal('Pass'),
  Result: json.optional(),
  Parameters: json.optional(),
  ResultPath: nullablePath,
  ...base,
  ...transition,
});
const wait = z.strictObject({
  Type: z.literal('Wait'),
  Seconds: z.number().min(0).optional(),
  SecondsPath: path.optional(),
  Timestamp: z.iso.datetime({ offset: true }).optional(),
  TimestampPath: path.optional(),
  ...base,
  ...transition,
});
const choice = z.strictObject({
  Type: z.literal('Choice'),
  Choices: z.array(z.looseObject({ Next: z.string() })).min(1),
  Default: z.string().optional(),
  ...base,
});
const succeed = z.strictObject({ Type: z.literal('Succeed'), ...base });
const fail = z.strictObject({
  Type: z.literal('Fail'),
  Comment: z.string().optional(),
  Error: z.string().optional(),
  ErrorPath: z.string().optional(),
  Cause: z.string().optional(),
  CausePath: z.string().optional(),
});
const parallel = z.strictObject({
  Type: z.literal('Parallel'),
  Branches: z.array(z.lazy(() => branch)).min(1),
  Parameters: json.optional(),
  ...base,
  ...transition,
  ...result,
  ...recovery,
});
const map = z.strictObject({
  Type: z.literal('Map'),
  ItemProcessor: z.lazy(() => branch),
  ItemsPath: path.optional(),
  ItemSelector: json.optional(),
  MaxConcurrency: z.int().min(0).optional(),
  ...base,
  ...transition,
  ...result,
  ...recovery,
});

/** A set of states with an entry: a whole definition, a branch of Parallel or the body of a Map. */
export interface Branch {
  StartAt: string;
  Comment?: string | undefined;
  ProcessorConfig?: { Mode: 'INLINE' } | undefined;
  States: Record<string, State>;
}
const branch: z.ZodType<Branch> = z.strictObject({
  StartAt: z.string(),
  Comment: z.string().optional(),
  ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }).optional(),
  States: z.record(
    z.string().min(1).max(80),
    z.lazy(() => state),
  ),
});

export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;
export type TaskState = z.infer<typeof task>;
export type PassState = z.infer<typeof pass>;
export type WaitState = z.infer<typeof wait>;
export type ChoiceState = z.infer<typeof choice>;
export type FailState = z.infer<typeof fail>;
export type ParallelState = z.infer<typeof parallel>;
export type MapState = z.infer<typeof map>;
export type State =
  | TaskState
  | PassState
  | WaitState
  | ChoiceState
  | z.infer<typeof succeed>
  | FailState
  | ParallelState
  | MapState;

const state: z.ZodType<State> = z.discriminatedUnion('Type', [
  task,
  pass,
  wait,
  choice,
  succeed,
  fail,
  parallel,
  map,
]);

/** A whole state machine. `TimeoutSeconds` limits the execution. */
export const definitionSchema = z.strictObject({
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONPath').optional(),
  Version: z.literal('1.0').optional(),
  TimeoutSeconds: z.int().min(1).optional(),
  StartAt: z.string(),
  States: z.record(z.string().min(1).max(80), state),
});
export type Definition = z.infer<typeof definitionSchema>;

import * as v from 'valibot';
import { Unknown } from './unknown.ts';

/** What a function is asked to try: every call that it makes in an incident, for these services. */
export const PreflightAsk = v.object({
  /** Keys of services in the configuration. */
  services: v.array(v.string()),
  /** ARN of the execution that asks. */
  execution: v.string(),
  /** Whether what is about no service is tried, too: once in an execution. */
  once: v.boolean(),
  /** One of several shares of the services: its table is short, because the end holds all of them. */
  short: v.optional(v.literal(true)),
  /** Whether writes are tried: present values once more. A person's `npm run status` only reads. */
  writes: v.boolean(),
  /** On request: a mail to each approver, a notice to each channel, a dry run by the webhook. */
  testMail: v.boolean(),
  /** This deployment has sent its test mails: they are asked for in vain. */
  mailedBefore: v.optional(v.literal(true)),
  testNotice: v.boolean(),
  testRun: v.boolean(),
  /** Of the token's round trip: the function answers it, and tries nothing else. */
  taskToken: v.optional(v.string()),
});
export type PreflightAsk = v.InferOutput<typeof PreflightAsk>;

/** The input of a function in place of its own. */
export const PreflightInput = v.strictObject({ preflight: PreflightAsk });

/** Why a call was not made. */
export const notTriedWhys = [
  'not-asked',
  'only-notify',
  'would-deploy',
  'first-target-only',
  'deleting-only',
  'by-lambda',
  'no-deployment',
  'no-target',
  'no-policy',
  'outside-bounds',
  'incident-open',
  'switched-off',
  'reads-only',
  'unread',
  'channel-off',
  'one-is-enough',
  'no-data',
  'mailed-before',
  'found-by-assess',
] as const;
export type NotTriedWhy = (typeof notTriedWhys)[number];

/** Comparisons of the configuration with the service, quotas, and what is looked up. */
export const comparisons = [
  'service',
  'target-group',
  'alternate-target-group',
  'load-balancer',
  'deployment-strategy',
  'cpu-metric',
  'task-roles',
  'scalable-target',
  'cpu-policy',
  'temporary-policy',
  'fargate-vcpu',
  'lambda-concurrency',
  'mail-sandbox',
  'alarms',
  'switch',
  'address',
  'token',
  'function',
] as const;
export type Comparison = (typeof comparisons)[number];

/** What a check is: a comparison, or a call by its name in IAM, such as `ecs:UpdateService`. */
const Check = v.union([v.picklist(comparisons), v.pipe(v.string(), v.regex(/^[\w-]+:\w+$/))]);

/** What one check came to. */
export const PreflightRow = v.object({
  /** The function that tried it, under its own role. */
  by: v.string(),
  check: Check,
  /** What it names: an address, a kind of record, a machine. */
  on: v.optional(v.string()),
  /** Keys of services; absent where it is about none. */
  services: v.optional(v.array(v.string())),
  result: v.picklist(['ok', 'missing', 'failed', 'differs', 'not-tried']),
  /** Where a right is missing: its name, and on what, as AWS says it. */
  right: v.optional(v.string()),
  resource: v.optional(v.string()),
  /** Why it failed. */
  unknown: v.optional(Unknown),
  why: v.optional(v.picklist(notTriedWhys)),
  /** What differs. */
  configured: v.optional(v.string()),
  found: v.optional(v.string()),
});
export type PreflightRow = v.InferOutput<typeof PreflightRow>;

/** What one function, or some services' share of all, came to. */
export const Tried = v.object({ rows: v.array(PreflightRow) });
export type Tried = v.InferOutput<typeof Tried>;

/** The end of a preflight. */
export const PreflightReport = v.object({
  environment: v.string(),
  execution: v.string(),
  at: v.string(),
  ready: v.boolean(),
  rows: v.array(PreflightRow),
  /** One line: the cause of an execution that ends red. */
  summary: v.string(),
});
export type PreflightReport = v.InferOutput<typeof PreflightReport>;

import * as z from 'zod';
import { address, isPlain } from './aws-names.ts';
import { chatKinds } from './chat-kinds.ts';
import { perMetric } from './metric-catalogue.ts';
import { count, seconds, tasks } from './numbers.ts';

/** What a stage sets for its services, and a service may set for itself. */

export const secretName = z
  .string()
  .regex(/^\/[\w./-]+$/, 'must be the name of an SSM parameter such as /team/name');

const threshold = z
  .strictObject({ warning: z.number().positive(), critical: z.number().positive() })
  .refine((limit) => limit.warning < limit.critical, { error: 'warning must be below critical' });

export const settings = {
  thresholds: z.strictObject(perMetric(() => threshold)),
  planning: z.strictObject({
    utilisation: z.number().min(0.1).max(1),
    burstFactor: z.number().min(1).max(2),
    maxGrowth: z.number().min(1).max(10),
    taskStartSeconds: seconds,
    metricDelaySeconds: count,
    metricMaxAgeSeconds: seconds,
  }),
  timing: z.strictObject({
    assess: z.strictObject({ deadlineSeconds: seconds }),
    verify: z.strictObject({ intervalSeconds: seconds, deadlineSeconds: seconds }),
    watch: z.strictObject({ intervalSeconds: seconds, deadlineSeconds: seconds }),
    calm: z.strictObject({
      intervalSeconds: seconds,
      forSeconds: seconds,
      /** The same where no request came at all. */
      withoutRequestsSeconds: seconds.default(1800),
      deadlineSeconds: seconds,
    }),
    eventMaxAgeSeconds: seconds,
  }),
  limits: z.strictObject({
    emergencyRunsPerHour: tasks,
    rounds: tasks,
    scaleInStep: z.number().positive().max(0.25),
  }),
  approval: z
    .strictObject({
      requiredForScaleIn: z.boolean(),
      /** Said aloud where production scales in without a person. */
      scaleInWithoutApproval: z.boolean().optional(),
      approvalsNeeded: z.int().min(1).max(2),
      requesterMayApprove: z.boolean(),
      expiresAfterSeconds: z.int().min(60),
      escalateBeforeSeconds: z.int().min(120),
      checkSeconds: z.int().min(60),
      sender: z.email(),
      approvers: z.array(z.strictObject({ name: z.string().min(1), email: z.email() })).min(1),
    })
    .refine(({ approvers, approvalsNeeded }) => approvers.length >= approvalsNeeded, {
      error: 'approvers must be at least as many as approvalsNeeded',
    })
    .refine(
      ({ escalateBeforeSeconds, expiresAfterSeconds }) => escalateBeforeSeconds < expiresAfterSeconds / 2,
      {
        error: 'escalateBeforeSeconds must be less than half of expiresAfterSeconds',
      },
    ),
  notices: z.strictObject({
    pagerDuty: z.strictObject({
      enabled: z.boolean(),
      url: address.refine((text) => !isPlain(text), { error: 'must begin with https://' }),
      routingKeySecret: secretName,
    }),
    chat: z.strictObject({
      enabled: z.boolean(),
      urlSecret: secretName,
      /** What the chat takes; by its webhook's host where it is left out. */
      kind: z.enum(chatKinds).optional(),
    }),
    stillScaledOutHours: z.number().positive(),
  }),
};

/** The names of these blocks. */
export const settingNames = [
  'thresholds',
  'planning',
  'timing',
  'limits',
  'approval',
  'notices',
] as const satisfies (keyof typeof settings)[];

/**
 * A configuration as it is read, in which each service that says something of its own has the whole of that block: what it
 * does not say is the stage's. A list is taken as a whole. What is no configuration comes back as it is. Pure.
 */
export function withOwnSettings(value: unknown): unknown {
  const services = isRecord(value) && value.services;
  if (!isRecord(value) || !isRecord(services)) return value;
  const filled = Object.entries(services).map(([key, one]) => [
    key,
    isRecord(one) ? ofService(one, value) : one,
  ]);
  return { ...value, services: Object.fromEntries(filled) };
}

function ofService(
  service: Record<string, unknown>,
  stage: Record<string, unknown>,
): Record<string, unknown> {
  const own = settingNames.filter((name) => service[name] !== undefined);
  return { ...service, ...Object.fromEntries(own.map((name) => [name, merged(stage[name], service[name])])) };
}

const merged = (stage: unknown, own: unknown): unknown =>
  isRecord(stage) && isRecord(own)
    ? {
        ...stage,
        ...Object.fromEntries(Object.entries(own).map(([key, one]) => [key, merged(stage[key], one)])),
      }
    : own;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

import * as z from 'zod';
import { AccountsConfig } from './accounts.ts';
import { address } from './aws-names.ts';
import { NetworkConfig } from './network.ts';
import { RolesConfig } from './roles.ts';
import { ServiceConfig } from './service.ts';
import { secretName, settings } from './settings.ts';

/** Lambda ends a function's name at 64 characters; this is left of it for the environment. */
export const longestEnvironment = 64 - 'emergency-scaling--watch-executions'.length;

const reservedFault = 'must be 1 to 1,000 executions at once, or none';
/** What Lambda keeps free for a function, which is also the most that it runs at once. */
const reserved = z
  .union([z.literal('none'), z.int()], { error: reservedFault })
  .refine((given) => given === 'none' || (given >= 1 && given <= 1000), {
    error: reservedFault,
  });

/** A service that knows its key, where that is not the ECS service's name. */
const named = (key: string, { key: _, ...one }: ServiceConfig): ServiceConfig =>
  one.service === key ? one : { ...one, key };

export const Config = z.strictObject({
  environment: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'must be lower case letters, digits and hyphens')
    .max(
      longestEnvironment,
      `must be at most ${longestEnvironment} characters: names of functions, such as emergency-scaling-ENVIRONMENT-watch-executions, end at 64`,
    ),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS Region such as ap-southeast-1'),
  /** Where people find the runbook; alarms link to it, and their descriptions end at 1,024 characters. */
  runbookUrl: address.max(400).optional(),
  services: z
    .record(z.string(), ServiceConfig)
    .refine((all) => Object.keys(all).length > 0, {
      error: 'must name at least one service',
    })
    .superRefine((all, context) => {
      for (const [key, one] of Object.entries(all)) {
        if (one.key === undefined || one.key === key) continue;
        context.addIssue({
          code: 'custom',
          path: [key, 'key'],
          message: 'must be left out: the entry has it',
        });
      }
    })
    .transform((all) => Object.fromEntries(Object.entries(all).map(([key, one]) => [key, named(key, one)]))),
  iam: RolesConfig.prefault({}),
  /** Of the functions that anybody may call; without it serverless.yml says how much. */
  reservedConcurrency: z
    .strictObject({ approval: reserved.optional(), 'alert-webhook': reserved.optional() })
    .optional(),
  /** Where addresses can be reached from inside a network only. */
  vpc: NetworkConfig.optional(),
  accounts: AccountsConfig,
  ...settings,
  /** Alertmanager's webhook accepts either of two tokens, so that they can be rotated without a gap. */
  alertmanager: z.strictObject({ tokenSecrets: z.array(secretName).min(1).max(2) }),
  contacts: z.strictObject({
    primaryOnCall: z.string().min(1),
    devOpsLead: z.string().min(1),
    infrastructure: z.string().min(1),
  }),
});

/** One environment's configuration: what an operator edits in `config/ENVIRONMENT.yml`. */
export type Config = z.infer<typeof Config>;

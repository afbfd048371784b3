import * as z from 'zod';

/** Functions that ask addresses which a company keeps inside: health endpoints, Prometheus, /metrics, databases, caches. */
export const askingFunctions = [
  'assess',
  'check-redis',
  'read-pools',
  'relieve-redis',
  'tune-pools',
  'wait-verify',
];

const id = (kind: string) =>
  z
    .string()
    .regex(
      new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`),
      `must be an id such as ${kind}-0a1b2c3d4e5f67890`,
    );

const each = (what: z.ZodType<string>, most: number, kind: string) =>
  z
    .array(what)
    .min(1, `must name at least one ${kind}`)
    .max(most, `must name at most ${most}: Lambda takes no more`)
    .refine((all) => new Set(all).size === all.length, { error: `must name each ${kind} once` });

/**
 * The company's network that functions are attached to. Whether there are functions of these names is checked when the
 * package is made. Source: Lambda API, VpcConfig; Lambda quotas.
 */
export const NetworkConfig = z.strictObject({
  /** Private subnets, of at least two zones if a zone shall be able to fail. */
  subnets: each(id('subnet'), 16, 'subnet'),
  securityGroups: each(id('sg'), 5, 'security group'),
  functions: each(z.string(), 100, 'function').default(askingFunctions),
});

export type NetworkConfig = z.infer<typeof NetworkConfig>;

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { root } from '../../support/packaged.ts';

const Statement = z.object({
  Sid: z.string(),
  Effect: z.enum(['Allow', 'Deny']),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  Action: z.union([z.string().transform((action) => [action]), z.array(z.string())]),
  Resource: z.union([z.string().transform((resource) => [resource]), z.array(z.string())]),
});
const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Properties: z.object({
        RoleName: z.string().optional(),
        AssumeRolePolicyDocument: z.object({ Statement: z.array(z.unknown()) }).optional(),
        ManagedPolicyArns: z.array(z.string()).optional(),
        ManagedPolicyName: z.string().optional(),
        PolicyDocument: z.object({ Statement: z.array(Statement) }).optional(),
      }),
    }),
  ),
});

/** A statement of the deploying role, or of the boundary. */
export type DeployingStatement = z.infer<typeof Statement>;

/** What iam/deploying-role.yml makes, with its rights sorted out. */
export interface DeployingStack {
  resources: z.infer<typeof Template>['Resources'];
  /** What the role itself may do and may not. */
  rights: DeployingStatement[];
  /** What every role of the project may do at most. */
  boundary: DeployingStatement[];
}

/** iam/deploying-role.yml as plain values; `!Sub` and `!Ref` are read as their texts. */
export const deployingTemplate = (): unknown =>
  parse(readFileSync(join(root, 'iam/deploying-role.yml'), 'utf8'), { logLevel: 'silent' });

/** The stack of iam/deploying-role.yml. */
export function deployingStack(template = deployingTemplate()): DeployingStack {
  const { Resources } = Template.parse(template);
  return {
    resources: Resources,
    rights: Object.entries(Resources).flatMap(([id, { Properties }]) =>
      id === 'BoundaryPolicy' ? [] : (Properties.PolicyDocument?.Statement ?? []),
    ),
    boundary: Resources.BoundaryPolicy?.Properties.PolicyDocument?.Statement ?? [],
  };
}

import { z } from 'zod';
import { arn } from '../../place.ts';
import { AwsError } from '../errors.ts';
import { type Operations, type Output, parseInput } from '../input.ts';
import { epochSeconds, type Site } from '../site.ts';
import type { Parameter, Parameters } from './parameters.ts';

const INVALID = 'ValidationException';
const deepest = 15;

const Name = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^[\w.\-/]+$/, 'may hold letters, digits and the characters _.-/');

const PutParameter = z.object({
  Name,
  /** The size that the standard tier allows. */
  Value: z.string().min(1).max(4096),
  Type: z.enum(['String', 'StringList', 'SecureString']).optional(),
  Overwrite: z.boolean().default(false),
});
const GetParameter = z.object({ Name: z.string().min(1), WithDecryption: z.boolean().default(false) });
const GetParameters = z.object({
  Names: z.array(z.string()).min(1).max(10),
  WithDecryption: z.boolean().default(false),
});
const DeleteParameter = z.object({ Name: z.string().min(1) });

const notFound = (): AwsError => new AwsError('ParameterNotFound', '');

function checkHierarchy(name: string): void {
  if (/^\/?(aws|ssm)/i.test(name))
    throw new AwsError(INVALID, 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  const levels = name.split('/').filter(Boolean).length;
  if (levels > deepest)
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `A hierarchy has at most ${deepest} levels, this one has ${levels}.`,
    );
}

/** The Systems Manager operations around a parameter. Source: its API reference. */
export function ssmOperations(site: Site, parameters: Parameters): Operations {
  const shape = ({ name, type, value, version, at }: Parameter, decrypted: boolean): Output => ({
    ARN: arn(site, 'ssm', `parameter/${name.replace(/^\//, '')}`),
    DataType: 'text',
    LastModifiedDate: epochSeconds(at),
    Name: name,
    Type: type,
    // Stands for the text that KMS would have made of it.
    Value:
      type === 'SecureString' && !decrypted ? Buffer.from(`encrypted ${name}`).toString('base64') : value,
    Version: version,
  });
  return {
    PutParameter(input) {
      const request = parseInput(PutParameter, input, INVALID);
      checkHierarchy(request.Name);
      if (request.Type === undefined && parameters.find(request.Name) === undefined)
        throw new AwsError(INVALID, 'A parameter type is required when you create a parameter.');
      const { version } = parameters.put(request.Name, request.Value, {
        ...(request.Type && { type: request.Type }),
        overwrite: request.Overwrite,
      });
      return { Version: version, Tier: 'Standard' };
    },

    GetParameter(input) {
      const request = parseInput(GetParameter, input, INVALID);
      const parameter = parameters.find(request.Name);
      if (parameter === undefined) throw notFound();
      return { Parameter: shape(parameter, request.WithDecryption) };
    },

    GetParameters(input) {
      const request = parseInput(GetParameters, input, INVALID);
      const found = request.Names.map((name) => parameters.find(name)).filter((one) => one !== undefined);
      return {
        Parameters: found.map((one) => shape(one, request.WithDecryption)),
        InvalidParameters: request.Names.filter((name) => parameters.find(name) === undefined),
      };
    },

    DeleteParameter(input) {
      const request = parseInput(DeleteParameter, input, INVALID);
      if (!parameters.remove(request.Name)) throw notFound();
      return {};
    },
  };
}

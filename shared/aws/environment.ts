import { InvalidInputError } from '../core/errors.ts';

/**
 * A variable of the function's environment, set in serverless.yml.
 * @throws InvalidInputError that names the variable when it is missing or empty.
 */
export function environmentVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new InvalidInputError(`environment variable ${name}: is not set on this function`);
  return value;
}

import { AwsError } from '../errors.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

/** One parameter as it stands now; older versions are not kept. */
export interface Parameter {
  name: string;
  type: ParameterType;
  value: string;
  version: number;
  /** Virtual milliseconds since the epoch. */
  at: number;
}

/** The parameters of the simulated Systems Manager, and the entrance for the sandbox that sets them up. */
export interface Parameters {
  find(name: string): Parameter | undefined;
  /**
   * Creates or, with `overwrite`, changes a parameter. Without a type a known one keeps its own, a new one is a String.
   * @throws AwsError ParameterAlreadyExists, HierarchyTypeMismatchException
   */
  put(name: string, value: string, more?: { type?: ParameterType; overwrite?: boolean }): Parameter;
  /** Whether there was one. */
  remove(name: string): boolean;
}

/** Source: Systems Manager API reference, PutParameter. */
export function createParameters(now: () => number): Parameters {
  const parameters = new Map<string, Parameter>();
  return {
    find: (name) => parameters.get(name),
    put(name, value, { type, overwrite = false } = {}) {
      const known = parameters.get(name);
      if (known && !overwrite)
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      if (known && type && type !== known.type)
        throw new AwsError(
          'HierarchyTypeMismatchException',
          `The parameter ${name} is a ${known.type}; a parameter keeps its type.`,
        );
      const parameter: Parameter = {
        name,
        type: type ?? known?.type ?? 'String',
        value,
        version: (known?.version ?? 0) + 1,
        at: now(),
      };
      parameters.set(name, parameter);
      return parameter;
    },
    remove: (name) => parameters.delete(name),
  };
}

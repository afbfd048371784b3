import { readFileSync } from 'node:fs';
import { InvalidInputError } from '../../shared/core/errors.ts';
import { parse } from '../../shared/core/schema.ts';
import type { Output } from '../aws/input.ts';
import type { ShownService, ShownTask } from '../aws/shown.ts';
import { type GivenPolicy, policyOf, serviceMembersOf, stoppedTasksOf } from './aws-members.ts';
import { isObject, timeOf } from './aws-shape.ts';
import { Circumstances } from './format.ts';

/** Circumstances whose parts in AWS's shapes have been read as well. */
export interface ReadCircumstances {
  given: Circumstances;
  stoppedTasks: readonly ShownTask[];
  serviceMembers: Output;
  serviceEvents: NonNullable<ShownService['serviceEvents']>;
  policies: readonly GivenPolicy[];
}

/**
 * Reads a file of circumstances (docs/sandbox.md).
 * @throws InvalidInputError that names the file, and every faulty field with what is allowed.
 */
export function readCircumstances(file: string): ReadCircumstances {
  try {
    return circumstancesOf(jsonOf(file));
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`--circumstances ${file}: ${error.message}`);
  }
}

/** @throws InvalidInputError that names every faulty field with what is allowed */
export function circumstancesOf(value: unknown): ReadCircumstances {
  if (!isObject(value)) throw new InvalidInputError('must be a JSON object');
  const given = parsed(value);
  return {
    given,
    stoppedTasks: given.stoppedTasks === undefined ? [] : stoppedTasksOf(given.stoppedTasks),
    serviceMembers: given.servicePatch === undefined ? {} : serviceMembersOf(given.servicePatch),
    serviceEvents: (given.serviceEvents ?? []).map(({ id, createdAt, message }, index) => {
      const at = timeOf(createdAt);
      const path = `serviceEvents.${index}.createdAt`;
      if (at === undefined)
        throw new InvalidInputError(`${path}: expected a time in ISO 8601 or epoch seconds`);
      return { id: id ?? `event-${index + 1}`, at: at * 1000, message };
    }),
    policies: (given.policies ?? []).map(policyOf),
  };
}

function parsed(value: unknown): Circumstances {
  try {
    return parse(Circumstances, value);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    // The kinds of a union, as valibot lists them.
    const said = error.message.replace(/expected \(([^)]*)\), received \w+/, (_, kinds: string) => {
      return `must be one of ${kinds.replaceAll('"', '').replaceAll(' | ', ', ')}`;
    });
    throw new InvalidInputError(said);
  }
}

function jsonOf(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = isObject(error) && error.code === 'ENOENT';
    throw new InvalidInputError(missing ? 'no such file' : 'cannot be read');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(`not valid JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

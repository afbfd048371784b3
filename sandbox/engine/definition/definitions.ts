import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { partitionOf } from '../../../shared/config/partition.ts';
import { defaultPlace, type Place } from '../../place.ts';
import { functionFileName, parseResource, stateMachineArn } from '../basics/arn.ts';
import { isJsonObject, type Json } from '../basics/json.ts';
import { type Definition, definitionSchema, type State } from './asl.ts';
import { innerBranches } from './asl-graph.ts';
import { parseTemplate, type Sources } from './template.ts';

/** A state machine that can be started. */
export interface MachineDefinition {
  /** File name without its ending, for example `scale-in`. */
  name: string;
  /** File name as the person sees it, for example `scale-in.yml`. */
  file: string;
  arn: string;
  definition: Definition;
}

/** All state machines of a folder, by name. */
export interface Definitions {
  readonly place: Place;
  readonly machines: ReadonlyMap<string, MachineDefinition>;
  /** Finds a machine by its name or its ARN. */
  find(nameOrArn: string): MachineDefinition | undefined;
}

/** Reads a folder of state machines. Throws an Error that names the file and all that is wrong in it. */
export function loadDefinitions(folder: string, place: Place = defaultPlace): Definitions {
  return parseDefinitions(definitionTexts(folder), place);
}

/** The texts of every `*.yml` in a folder and in its folders, by path within it. */
export function definitionTexts(folder: string): Record<string, string> {
  const files = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter((file) =>
    file.endsWith('.yml'),
  );
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

/** The same from texts: each is a state machine, but for those in folders, which state machines refer to. */
export function parseDefinitions(texts: Record<string, string>, place: Place = defaultPlace): Definitions {
  const files = Object.keys(texts).filter((file) => file === basename(file));
  const sources = { texts, machines: files.map((file) => basename(file, '.yml')), place };
  const machines = new Map<string, MachineDefinition>();
  for (const file of files) {
    const name = basename(file, '.yml');
    const definition = parseDefinition(file, sources);
    refuseForeign(file, definition, place);
    machines.set(name, { name, file, arn: stateMachineArn(place, name), definition });
  }
  const find = (nameOrArn: string): MachineDefinition | undefined =>
    machines.get(nameOrArn) ?? [...machines.values()].find(({ arn }) => arn === nameOrArn);
  return { place, machines, find };
}

/** Each file has YAML anchors under `retries` and `catches`, and the state machine under `definition`. */
const fileSchema = z.strictObject({
  retries: z.json().optional(),
  catches: z.json().optional(),
  definition: definitionSchema,
});

function parseDefinition(file: string, sources: Sources): Definition {
  const { value, problems } = parseTemplate(file, sources);
  if (problems.length > 0) throw new Error(`${file}: ${problems.join('; ')}`);
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data.definition;
  throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
}

/** AWS refuses a resource of another partition. */
function refuseForeign(file: string, { States }: Definition, { region }: Place): void {
  const here = `arn:${partitionOf(region).name}:`;
  for (const state of allStates(States))
    if (state.Type === 'Task' && !state.Resource.startsWith(here))
      throw new Error(
        `${file}: ${state.Resource} is in another partition than ${region}; it begins with ${here}`,
      );
}

/** File names of the functions that a definition calls, each once. */
export function calledFunctions(definition: Definition): string[] {
  return [...new Set(allStates(definition.States).flatMap(functionsOf))];
}

function functionsOf(state: State): string[] {
  if (state.Type !== 'Task') return [];
  const resource = parseResource(state.Resource);
  if (resource?.kind === 'function') return [resource.function];
  const name = memberOf(state.Parameters, 'FunctionName');
  return typeof name === 'string' ? [functionFileName(name)] : [];
}

function memberOf(value: Json | undefined, member: string): Json | undefined {
  return value !== undefined && isJsonObject(value) ? value[member] : undefined;
}

function allStates(states: Record<string, State>): State[] {
  return Object.values(states).flatMap((state) => [
    state,
    ...innerBranches(state).flatMap((branch) => allStates(branch.States)),
  ]);
}

import { parseDocument, type ScalarTag } from 'yaml';
import { functionArn, type Place, stateMachineArn } from '../basics/arn.ts';
import { type Json, throughJson } from '../basics/json.ts';

/** A YAML file with CloudFormation's short tags resolved to ARNs, and everything that is wrong with it. */
export interface Template {
  value: Json;
  problems: string[];
}

/**
 * Parses a file of `statemachines/`. `!GetAtt assess.Arn` is the ARN of a function, or of a state machine by its resource
 * name; `!Ref ScaleIn` is the ARN of the state machine in `scale-in.yml`. Source: CloudFormation user guide, `!GetAtt`.
 */
export function parseTemplate(text: string, machines: readonly string[], place: Place): Template {
  const problems: string[] = [];
  const machineArn = (resource: string): string => {
    const name = machines.find((one) => resourceName(one) === resource);
    if (name !== undefined) return stateMachineArn(place, name);
    problems.push(`${resource} is no state machine; there are ${machines.map(resourceName).join(', ')}`);
    return '';
  };
  const tags: ScalarTag[] = [
    { tag: '!Ref', resolve: machineArn },
    { tag: '!GetAtt', resolve: (source) => attribute(source, problems, machineArn, place) },
  ];
  const document = parseDocument(text, { customTags: tags, merge: true });
  // After the first fault the parser is lost, and what it says next only hides it.
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) return { value: null, problems: [fault.message.trim()] };
  const value = throughJson(document.toJS());
  return { value, problems };
}

function attribute(
  source: string,
  problems: string[],
  machineArn: (resource: string) => string,
  place: Place,
): string {
  const [, resource] = /^([\w-]+)\.Arn$/.exec(source) ?? [];
  if (resource === undefined) {
    problems.push(`!GetAtt ${source} should read NAME.Arn`);
    return '';
  }
  // Functions are named as their files, in lower case; resources of CloudFormation begin with a capital.
  return /^[A-Z]/.test(resource) ? machineArn(resource) : functionArn(place, resource);
}

/** CloudFormation's name of a state machine: `scale-in` becomes `ScaleIn`. */
function resourceName(machine: string): string {
  return machine.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase());
}

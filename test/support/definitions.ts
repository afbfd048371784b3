import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type ScalarTag } from 'yaml';
import { z } from 'zod';
import type { Json } from '../../sandbox/engine/basics/json.ts';
import { resolveFiles } from '../../sandbox/engine/definition/file-references.ts';
import { ofType, type Packaged, root } from './packaged.ts';

/** Where a definition names a function or a state machine, it says `function NAME` or `machine LOGICAL-ID`. */
const functionNamed = (name: string) => `function ${name}`;
const machineNamed = (id: string) => `machine ${id}`;

const tags: ScalarTag[] = [
  { tag: '!GetAtt', resolve: (text) => functionNamed(text.replace(/\.Arn$/, '')) },
  { tag: '!Ref', resolve: machineNamed },
  { tag: '!Sub', resolve: integration },
];

/** A service integration's ARN, in whatever partition. */
function integration(text: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
  return text.replace('${AWS::Partition}', 'PARTITION');
}

/** The definition in statemachines/NAME.yml, its CloudFormation tags and its references to files resolved. */
export function sourceDefinition(name: string): unknown {
  const definition = definitions.get(name) ?? readDefinition(name);
  definitions.set(name, definition);
  return definition;
}

const definitions = new Map<string, unknown>();

function readDefinition(name: string): unknown {
  const problems: string[] = [];
  const file = resolveFiles(readYaml(`statemachines/${name}.yml`), readYaml, problems);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return plain(z.object({ definition: z.unknown() }).parse(file).definition);
}

const readYaml = (path: string): Json =>
  z.json().parse(parse(readFileSync(join(root, path), 'utf8'), { customTags: tags, merge: true }));

const Substitution = z.object({
  DefinitionString: z.object({ 'Fn::Sub': z.tuple([z.string(), z.record(z.string(), z.unknown())]) }),
});
const Version = z.object({ FunctionName: z.object({ Ref: z.string() }) });
const Value = z.union([z.object({ Ref: z.string() }), z.object({ 'Fn::Sub': z.string() })]);
// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves these
const machineArn = 'arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:';

/** The definition in the packaged template, its substitutions resolved the same way. */
export function packagedDefinition(packaged: Packaged, properties: unknown): unknown {
  const [text, values] = Substitution.parse(properties).DefinitionString['Fn::Sub'];
  const resolved = text.replace(/\$\{(\w+)\}/g, (_, key: string) => target(packaged, values[key]));
  return plain(JSON.parse(resolved));
}

/** Functions must be named by version: a run uses one code from start to end (safety invariant 16). */
function target(packaged: Packaged, value: unknown): string {
  const { resources, stage } = packaged;
  const parsed = Value.parse(value);
  if ('Fn::Sub' in parsed && parsed['Fn::Sub'].includes(':states:::')) return integration(parsed['Fn::Sub']);
  if ('Fn::Sub' in parsed) return machineNamed(machineWithArn(packaged, parsed['Fn::Sub']));
  const version = resources[parsed.Ref];
  if (version?.Type !== 'AWS::Lambda::Version')
    throw new Error(`${parsed.Ref} is not a version of a function`);
  const { FunctionName } = z
    .object({ FunctionName: z.string() })
    .parse(resources[Version.parse(version.Properties).FunctionName.Ref]?.Properties);
  return functionNamed(FunctionName.replace(`emergency-scaling-${stage}-`, ''));
}

/** Machines are named by ARN: with references, two that start each other could not be deployed. */
function machineWithArn(packaged: Packaged, arn: string): string {
  const machines = ofType(packaged, 'AWS::StepFunctions::StateMachine');
  const found = machines.find(([, { StateMachineName }]) => arn === `${machineArn}${StateMachineName}`);
  if (!found) throw new Error(`${arn} is not a state machine of this package`);
  return found[0];
}

/** asl-validator writes the default query language into every state while it validates; that changes nothing. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, child) =>
      key === 'QueryLanguage' && child === 'JSONPath' ? undefined : child,
    ),
  );
}

/** The names of the functions, or the ids of the state machines, that a definition names. */
export function named(definition: unknown, kind: 'function' | 'machine'): string[] {
  const found = JSON.stringify(definition).matchAll(new RegExp(`"${kind} ([\\w-]+)"`, 'g'));
  return [...new Set([...found].map(([, name = '']) => name))].sort();
}

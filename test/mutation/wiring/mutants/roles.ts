import { inPackage, type TemplateMutant, type Wired } from './template.ts';
import { another, at, changed, entriesOf, isObject, type Path } from './values.ts';

/** How a role's document is reached: in the package, or in the stack of the deploying role. */
interface Source {
  label: string;
  resources: Record<string, { Type: string; Properties?: unknown }>;
  change: (wired: Wired, path: Path, value?: unknown) => Wired;
}

/** Every mutant of the roles and policies in iam/, those of the deploying role included. */
export function roleMutants({ packaged, deploying }: Wired): TemplateMutant[] {
  const stack: Source['resources'] = Object(deploying).Resources;
  return [
    ...ofSource({ label: '', resources: packaged.resources, change: inPackage }),
    ...ofSource({ label: 'deploying-role: ', resources: stack, change: inDeploying }),
  ];
}

const inDeploying = (wired: Wired, path: Path, value?: unknown): Wired => ({
  ...wired,
  deploying: changed(wired.deploying, ['Resources', ...path], value),
});

function ofSource({ label, resources, change }: Source): TemplateMutant[] {
  const ids = Object.keys(resources).filter((id) => /^AWS::IAM::/.test(resources[id]?.Type ?? ''));
  return ids.flatMap((id) => {
    const make = (path: Path, operator: string, value?: unknown): TemplateMutant => ({
      key: `${label}${[id, ...path].join('.')} ${operator}`,
      operator,
      apply: (wired) => change(wired, [id, ...path], value),
    });
    const properties = resources[id]?.Properties;
    return [
      ...entriesOf(properties)
        .filter(([key]) => !/Policies$|Document$|^Description$|^Managed/.test(String(key)))
        .map(([key]) => make(['Properties', key], 'left out')),
      ...entriesOf(Object(properties).ManagedPolicyArns).map(([i]) =>
        make(['Properties', 'ManagedPolicyArns', i], 'left out'),
      ),
      ...statementPaths(properties, ['Properties']).flatMap((path) =>
        ofStatement(at(resources[id], path), path, make),
      ),
    ];
  });
}

/** Where the statements of a role are: of its policies, and of who may take it. */
function statementPaths(value: unknown, path: Path): Path[] {
  if (!isObject(value)) return [];
  if (Array.isArray(value.Statement)) return value.Statement.map((_, i) => [...path, 'Statement', i]);
  return entriesOf(value).flatMap(([key, inner]) => statementPaths(inner, [...path, key]));
}

type Make = (path: Path, operator: string, value?: unknown) => TemplateMutant;

function ofStatement(statement: unknown, path: Path, make: Make): TemplateMutant[] {
  const { Effect, Action, Resource, Principal, Condition } = Object(statement);
  const listed = (key: string, value: unknown): [Path, unknown][] =>
    Array.isArray(value) ? value.map((one, i) => [[...path, key, i], one]) : [[[...path, key], value]];
  const removable = (value: unknown) => Array.isArray(value) && value.length > 1;
  return [
    make(path, 'statement removed'),
    make([...path, 'Effect'], 'turned round', Effect === 'Allow' ? 'Deny' : 'Allow'),
    ...listed('Action', Action).flatMap(([where, one]) => [
      ...(removable(Action) ? [make(where, `${one} removed`)] : []),
      make(where, `${one} changed`, neighbour(String(one))),
    ]),
    ...(Resource === undefined ? [] : listed('Resource', Resource)).flatMap(([where, one]) => [
      ...(removable(Resource) ? [make(where, 'resource removed')] : []),
      make(
        where,
        'resource changed',
        onTexts(one, (text) => `${text}x`),
      ),
      ...(one === '*' ? [] : [make(where, 'resource widened', onTexts(one, widened))]),
    ]),
    ...entriesOf(Principal).map(([who, value]) =>
      make(
        [...path, 'Principal', who],
        'trusts another',
        onTexts(value, (text) => `x${text}`),
      ),
    ),
    ...(Condition === undefined ? [] : [make([...path, 'Condition'], 'condition dropped')]),
    ...conditions(Condition).flatMap(([where, value]) => [
      ...(conditions(Condition).length > 1
        ? [make([...path, 'Condition', ...where], 'condition dropped')]
        : []),
      make(
        [...path, 'Condition', ...where],
        'condition changed',
        onTexts(value, (text) => String(another(text))),
      ),
    ]),
  ];
}

const conditions = (condition: unknown): [Path, unknown][] =>
  entriesOf(condition).flatMap(([operator, keys]) =>
    entriesOf(keys).map(([key, value]): [Path, unknown] => [[operator, key], value]),
  );

/** An action of the same service that is easily taken for it: one that reads for one that writes, and the other way. */
function neighbour(action: string): string {
  const [service = '', name = ''] = action.split(':');
  const other = name.replace(/^[A-Z][a-z]+/, /^(Get|Describe|List)/.test(name) ? 'Put' : 'Describe');
  return `${service}:${other === name ? `${name}X` : other}`;
}

/** An ARN that reaches what it names last, whatever its name: `…:table/*`; a pattern reaches one level more. */
const widened = (text: string) =>
  /[:/]/.test(text) ? text.replace(/(\$\{[^}]*\}|[^:/}])+([:/]\*|\*)?$/, '*') : '*';

/** The same value with its texts changed; a reference becomes a pattern that holds whatever it refers to. */
function onTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((one, i) => (i === 0 ? onTexts(one, change) : one));
  const { 'Fn::Sub': sub } = Object(value);
  return typeof sub === 'string' ? { 'Fn::Sub': change(sub) } : change('*');
}

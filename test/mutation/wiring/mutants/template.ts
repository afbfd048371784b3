import type { Packaged } from '../../../support/packaged.ts';
import type { Mutant } from '../mutant.ts';
import { another, changed, entriesOf, isObject, type Path } from './values.ts';

/** What is deployed: the package, and before it the stack of iam/deploying-role.yml. */
export interface Wired {
  packaged: Packaged;
  deploying: unknown;
}

/** One of both with one thing changed. */
export interface TemplateMutant extends Mutant {
  apply: (wired: Wired) => Wired;
}

type Resources = Packaged['resources'];

/** Measured elsewhere: as roles, or as pictures. osls makes the versions and the bucket by itself. */
const elsewhere = [
  ...['AWS::IAM::Role', 'AWS::IAM::ManagedPolicy', 'AWS::CloudWatch::Dashboard'],
  ...['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::Lambda::Version'],
];

/** Words for people, what osls fills in, and definitions, which are measured as machines. */
const unmeasured =
  /^(Description|AlarmDescription|DisplayName|Code|DefinitionString|Tags|Handler|Id|Version|Label)$/;

/** Every mutant of serverless.yml and resources/ as they are packaged. */
export function templateMutants({ packaged: { resources } }: Wired): TemplateMutant[] {
  return Object.entries(resources)
    .filter(([, { Type }]) => !elsewhere.includes(Type))
    .flatMap(([id, resource]) => {
      const leftOut = {
        key: `${id} is left out`,
        operator: 'resource left out',
        apply: (wired: Wired) => inPackage(wired, [id]),
      };
      return [
        leftOut,
        ...entriesOf(resource)
          .filter(([key]) => key !== 'Type' && key !== 'DependsOn')
          .flatMap(([key, value]) => within(value, [id, key], resources)),
      ];
    });
}

function within(value: unknown, path: Path, resources: Resources): TemplateMutant[] {
  if (unmeasured.test(String(path.at(-1)))) return [];
  const reference = referenceIn(value);
  if (reference !== undefined) return referring(value, path, reference, resources);
  if (!isObject(value)) return [mutant(path, 'value changed', another(value)), ...leavingOut(path)];
  return [
    ...(path.at(-1) === 'Properties' ? [] : leavingOut(path)),
    ...entriesOf(value).flatMap(([key, inner]) => within(inner, [...path, key], resources)),
  ];
}

const leavingOut = (path: Path): TemplateMutant[] => [mutant(path, 'left out')];

/** Refers to another resource, one of its own kind if there is one. */
function referring(value: unknown, path: Path, id: string, resources: Resources): TemplateMutant[] {
  const alike = Object.keys(resources).filter(
    (one) => one !== id && resources[one]?.Type === resources[id]?.Type,
  );
  const other = alike[0] ?? Object.keys(resources).find((one) => one !== id) ?? '';
  const instead = JSON.parse(
    JSON.stringify(value).replaceAll(
      new RegExp(`(["{])${id.replaceAll(/\W/g, '\\$&')}(?=["}.])`, 'g'),
      `$1${other}`,
    ),
  );
  return [mutant(path, 'refers to another', instead), ...leavingOut(path)];
}

/** What a `Ref` or a `Fn::GetAtt` names. */
function referenceIn(value: unknown): string | undefined {
  if (!isObject(value) || Object.keys(value).length !== 1) return undefined;
  const { Ref, 'Fn::GetAtt': attribute } = value;
  return typeof Ref === 'string' ? Ref : Array.isArray(attribute) ? String(attribute[0]) : undefined;
}

const mutant = (path: Path, operator: string, value?: unknown): TemplateMutant => ({
  key: `${path.join('.')} ${operator}`,
  operator,
  apply: (wired) => inPackage(wired, path, value),
});

/** The same with another value in the package. */
export const inPackage = ({ packaged, deploying }: Wired, path: Path, value?: unknown): Wired => ({
  packaged: { ...packaged, resources: changed(packaged.resources, path, value) },
  deploying,
});

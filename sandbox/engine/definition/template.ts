import { parseDocument, type ScalarTag } from 'yaml';
import { partitionOf } from '../../../shared/config/partition.ts';
import type { Place } from '../../place.ts';
import { functionArn, stateMachineArn } from '../basics/arn.ts';
import { type Json, throughJson } from '../basics/json.ts';
import { resolveFiles } from './file-references.ts';

/** A YAML file with CloudFormation's short tags resolved to ARNs, and everything that is wrong with it. */
export interface Template {
  value: Json;
  problems: string[];
}

/** What the files of `statemachines/` hold, and what their tags and references may name. */
export interface Sources {
  /** By path within the folder, for example `scale-in.yml` and `shared/retries.yml`. */
  texts: Readonly<Record<string, string>>;
  machines: readonly string[];
  place: Place;
}

/**
 * Parses a file of `statemachines/`. `!GetAtt assess.Arn` is the ARN of a function, or of a state machine by its resource
 * name; `!Ref ScaleIn` is the ARN of the state machine in `scale-in.yml`; `${file(statemachines/shared/retries.yml):poll}`
 * is what stands there under `poll`; `!Sub` puts in the partition, the Region and the account. Source: CloudFormation
 * user guide, `!GetAtt` and `Fn::Sub`.
 */
export function parseTemplate(file: string, sources: Sources): Template {
  const problems: string[] = [];
  const opened = new Map<string, Json>();
  const open = (path: string): Json | undefined => {
    const name = path.startsWith(folder) ? path.slice(folder.length) : '';
    const text = sources.texts[name];
    if (text === undefined) return undefined;
    if (!opened.has(path))
      opened.set(
        path,
        parseFile(text, sources, (problem) => problems.push(`${path}: ${problem}`)),
      );
    return opened.get(path);
  };
  const value = parseFile(sources.texts[file] ?? '', sources, (problem) => problems.push(problem));
  return { value: problems.length > 0 ? value : resolveFiles(value, open, problems), problems };
}

/** References start at the project's root. */
const folder = 'statemachines/';

function parseFile(text: string, { machines, place }: Sources, report: Report): Json {
  const machineArn = (resource: string): string => {
    const name = machines.find((one) => resourceName(one) === resource);
    if (name !== undefined) return stateMachineArn(place, name);
    report(`${resource} is no state machine; there are ${machines.map(resourceName).join(', ')}`);
    return '';
  };
  const tags: ScalarTag[] = [
    { tag: '!Ref', resolve: machineArn },
    { tag: '!Sub', resolve: (source) => substituted(source, report, place) },
    { tag: '!GetAtt', resolve: (source) => attribute(source, report, machineArn, place) },
  ];
  const document = parseDocument(text, { customTags: tags, merge: true });
  // After the first fault the parser is lost, and what it says next only hides it.
  const [fault] = [...document.errors, ...document.warnings];
  if (fault === undefined) return throughJson(document.toJS());
  report(fault.message.trim());
  return null;
}

type Report = (problem: string) => void;

/** The text with CloudFormation's pseudo parameters put in. */
function substituted(source: string, report: Report, { account, region }: Place): string {
  const known: Record<string, string> = {
    'AWS::Partition': partitionOf(region).name,
    'AWS::Region': region,
    'AWS::AccountId': account,
  };
  return source.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    const value = known[name];
    if (value === undefined) report(`!Sub ${whole}: only ${Object.keys(known).join(', ')} are known here`);
    return value ?? '';
  });
}

function attribute(
  source: string,
  report: Report,
  machineArn: (resource: string) => string,
  place: Place,
): string {
  const [, resource] = /^([\w-]+)\.Arn$/.exec(source) ?? [];
  if (resource === undefined) {
    report(`!GetAtt ${source} should read NAME.Arn`);
    return '';
  }
  // Functions are named as their files, in lower case; resources of CloudFormation begin with a capital.
  return /^[A-Z]/.test(resource) ? machineArn(resource) : functionArn(place, resource);
}

/** CloudFormation's name of a state machine: `scale-in` becomes `ScaleIn`. */
function resourceName(machine: string): string {
  return machine.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase());
}

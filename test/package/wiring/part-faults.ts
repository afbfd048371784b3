import { functionNames } from '../../../resources/names.ts';
import { ofType, type Packaged } from '../../support/packaged.ts';
import { differs } from './differs.ts';
import { variables } from './expected.ts';
import { limitsOf, logGroups, parts, statesLog } from './parts.ts';

/** What a part has besides, each held by a rule of its own: policies, and words for people. */
const besides = ['PolicyDocument', 'KeyPolicy', 'Description', 'DisplayName', 'Tags'];

/** What is wrong with a single part: a function, a log, a machine's log, or what stands before and behind the functions. */
export function partFaults(packaged: Packaged): string[] {
  const { stage, resources } = packaged;
  return [
    ...Object.entries(parts(stage)).flatMap(([id, expected]) =>
      differs(id, partOf(resources[id]?.Properties), expected),
    ),
    ...tagFaults(packaged),
    ...functionFaults(packaged),
    ...differs(
      'logs',
      ofType(packaged, 'AWS::Logs::LogGroup')
        .map(([, { LogGroupName }]) => LogGroupName)
        .sort(),
      logGroups(stage, functionNames()).sort(),
    ),
    ...ofType(packaged, 'AWS::StepFunctions::StateMachine').flatMap(([id, { LoggingConfiguration }]) =>
      differs(`log of ${id}`, Object(LoggingConfiguration).Destinations, statesLog),
    ),
  ];
}

function partOf(properties: Record<string, unknown> = {}) {
  const own = Object.fromEntries(Object.entries(properties).filter(([key]) => !besides.includes(key)));
  const { Format: _, ...logging } = Object(own.AccessLogSettings);
  return { ...own, ...(own.AccessLogSettings ? { AccessLogSettings: logging } : {}) };
}

/** The rights of the deploying role go by the tag of the project. */
function tagFaults({ resources }: Packaged): string[] {
  const tags = (id: string) => Object(resources[id]?.Properties).Tags;
  return [
    ...differs('tags of NoticesKey', tags('NoticesKey'), [{ Key: 'project', Value: 'emergency-scaling' }]),
    ...differs('tags of HttpApi', Object(tags('HttpApi')).project, 'emergency-scaling'),
  ];
}

/** Values of environment variables, and time enough for a cold start and a slow AWS. */
function functionFaults(packaged: Packaged): string[] {
  const prefix = `emergency-scaling-${packaged.stage}-`;
  return ofType(packaged, 'AWS::Lambda::Function').flatMap(([id, properties]) => {
    const { Environment, FunctionName, Timeout, MemorySize, ReservedConcurrentExecutions } = properties;
    const { POWERTOOLS_SERVICE_NAME: service, ...set } = Object(Object(Environment).Variables);
    return [
      ...differs(`${id} service`, service, 'emergency-scaling'),
      ...Object.entries(set).flatMap(([name, value]) => differs(`${id} ${name}`, value, variables[name])),
      ...differs(
        `limits of ${id}`,
        { Timeout, MemorySize, ReservedConcurrentExecutions },
        limitsOf(String(FunctionName).slice(prefix.length)),
      ),
    ];
  });
}

import { expect, it } from '@jest/globals';
import { functionNames } from '../../resources/names.ts';
import { bundle, loadable, ofType, type Packaged } from '../support/packaged.ts';

export const functions = functionNames();

/** The packaged function of that name. */
export const lambda = (packaged: Packaged, name: string) =>
  ofType(packaged, 'AWS::Lambda::Function').find(
    ([, { FunctionName }]) => FunctionName === `emergency-scaling-${packaged.stage}-${name}`,
  )?.[1];

/** Functions that anybody may call. */
const open = ['alert-webhook', 'approval'];

/** What the functions of a package are: their code, their settings, their environment. */
export function itPackagesFunctions(of: () => Packaged): void {
  it('holds one function for each file in functions/, on Node 24 and arm64', () => {
    const packed = ofType(of(), 'AWS::Lambda::Function').map(([, properties]) => properties);
    expect(packed.map(({ FunctionName }) => FunctionName).sort()).toEqual(
      functions.map((name) => `emergency-scaling-${of().stage}-${name}`),
    );
    for (const properties of packed)
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      });
  });

  it('gives no function more time than its caller waits, so that none runs beside its own second attempt', () => {
    const timeouts = functions.map((name) => [name, Number(lambda(of(), name)?.Timeout)] as const);
    const http = timeouts.filter(([name]) => open.includes(name)).map(([, seconds]) => seconds);
    expect(http.filter((seconds) => seconds >= 30)).toEqual([]);
    expect(timeouts.filter(([, seconds]) => seconds >= 60)).toEqual([]);
  });

  it('keeps a flood of requests from taking the concurrency that the runs need', () => {
    const limited = functions.filter(
      (name) => lambda(of(), name)?.ReservedConcurrentExecutions !== undefined,
    );
    expect(limited).toEqual(open);
  });

  it('holds a client of PostgreSQL only where the pools are read and set, and one of Redis where the cache is', () => {
    const withClient = (mark: string) => functions.filter((name) => bundle(of(), name).includes(mark));
    expect(withClient('SCRAM-SERVER')).toEqual(['read-pools', 'relieve-redis', 'tune-pools']);
    expect(withClient('maxRetriesPerRequest')).toEqual(['check-redis', 'relieve-redis']);
  });

  it('holds nowhere the schemas of config/, which packaging alone checks', () => {
    for (const name of functions)
      expect([name, bundle(of(), name).includes('ZodError')]).toEqual([name, false]);
  });

  it('bundles functions that load and carry the configuration of their stage', () => {
    expect(loadable(of(), functions)).toEqual(functions);
    for (const name of functions) expect(bundle(of(), name)).toContain(`"environment":"${of().stage}"`);
  });

  it('sets the environment variables that each bundle asks for', () => {
    for (const name of functions) {
      const asked = [
        ...bundle(of(), name).matchAll(
          /\("(TABLE_NAME|TOPIC_ARN|APPROVAL_BASE_URL|STATE_MACHINE_ARN|SWITCH_PARAMETER)"\)/g,
        ),
      ].map(([, variable]) => variable);
      const set = Object.keys(Object(lambda(of(), name)?.Environment).Variables).filter(
        (variable) => !variable.startsWith('POWERTOOLS_'),
      );
      expect([name, set.sort()]).toEqual([name, [...new Set(asked)].sort()]);
    }
  });
}

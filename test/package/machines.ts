import { expect, it } from '@jest/globals';
import { named, packagedDefinition, sourceDefinition } from '../support/definitions.ts';
import { ofType, type Packaged, statements } from '../support/packaged.ts';

export const machines: [string, string, string][] = [
  ['emergency-scaling', 'EmergencyScaling', ''],
  ['scale-in', 'ScaleIn', '-scale-in'],
  ['approval-reminder', 'ApprovalReminder', '-approval-reminder'],
  ['rollback', 'Rollback', '-rollback'],
  ['configure-autoscaling', 'ConfigureAutoscaling', '-configure-autoscaling'],
  ['pgbouncer-emergency', 'PgbouncerEmergency', '-pgbouncer-emergency'],
  ['redis-emergency', 'RedisEmergency', '-redis-emergency'],
  ['preflight', 'Preflight', '-preflight'],
];

/** What the state machines of a package are, and what they may call. */
export function itPackagesMachines(of: () => Packaged): void {
  it.each(machines)('ships statemachines/%s.yml as it is, with functions named by version', (name, id) => {
    const packaged = of();
    expect(packagedDefinition(packaged, packaged.resources[id]?.Properties)).toEqual(sourceDefinition(name));
  });

  it.each(machines)(
    'allows %s to call the functions and machines of its definition, and no other',
    (name, id, suffix) => {
      const packaged = of();
      const { stage } = packaged;
      const definition = sourceDefinition(name);
      const granted = statements(packaged, `${id}StatesRole`);
      const resources = (action: string) =>
        JSON.stringify(
          granted.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource),
        );
      const invoked = [...resources('lambda:InvokeFunction').matchAll(/"\$\{(\w+)\.Arn\}:\*"/g)].map(
        ([, logicalId = '']) => packaged.resources[logicalId]?.Properties?.FunctionName,
      );
      expect(invoked.sort()).toEqual(
        named(definition, 'function').map((each) => `emergency-scaling-${stage}-${each}`),
      );
      const started = machines
        .filter(([, , end]) =>
          resources('states:StartExecution').includes(`emergency-scaling-${stage}${end}"`),
        )
        .map(([, started]) => started);
      expect([id, suffix, started.sort()]).toEqual([id, suffix, named(definition, 'machine')]);
    },
  );

  it('keeps every version of a function that a run may still call after an upgrade', () => {
    const versions = Object.values(of().resources).filter(({ Type }) => Type === 'AWS::Lambda::Version');
    expect(versions.length).toBe(ofType(of(), 'AWS::Lambda::Function').length);
    for (const version of versions) expect(version).toMatchObject({ DeletionPolicy: 'Retain' });
  });

  it('logs each step of every machine without its data, which would hold task tokens, and traces it', () => {
    const packed = ofType(of(), 'AWS::StepFunctions::StateMachine').map(([, properties]) => properties);
    expect(packed.map(({ StateMachineName }) => StateMachineName).sort()).toEqual(
      machines.map(([, , suffix]) => `emergency-scaling-${of().stage}${suffix}`).sort(),
    );
    for (const properties of packed) {
      expect(properties).toMatchObject({
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      });
      // Standard is the default, and only Standard waits for a person.
      expect(properties.StateMachineType ?? 'STANDARD').toBe('STANDARD');
    }
  });
}

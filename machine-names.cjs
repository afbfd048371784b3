/**
 * A plugin of osls. The definitions name each other with `!Ref`, as the reader expects, and some start each other, which
 * CloudFormation refuses as a circular dependency: so the packaged definitions hold the ARN made of the machine's name.
 */
module.exports = class MachineNames {
  constructor(serverless) {
    this.hooks = {
      'before:package:finalize': () =>
        nameMachines(serverless.service.provider.compiledCloudFormationTemplate.Resources),
    };
  }
};

function nameMachines(resources) {
  const machines = Object.values(resources).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  for (const { Properties } of machines) {
    const values = Properties.DefinitionString['Fn::Sub']?.[1] ?? {};
    for (const [key, { Ref }] of Object.entries(values)) {
      const named = machines.includes(resources[Ref]) && resources[Ref].Properties.StateMachineName;
      if (named) values[key] = arnOf(named);
    }
  }
}

const arnOf = (name) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:stateMachine:${name}`,
});

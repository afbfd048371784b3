/**
 * A plugin of osls. Logs are the audit trail: they outlive the stack, like the switch, and a stack that is made anew takes
 * over what an earlier one has left (an import by CloudFormation, which asks for static names and for this deletion
 * policy). Only what a first deployment made and had to take back is deleted, so that nothing of it is in the next one's way.
 * Source: CloudFormation guide, Import AWS resources into a CloudFormation stack automatically.
 */
module.exports = class KeptResources {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        for (const resource of Object.values(Resources).filter(({ Type }) => kept.includes(Type)))
          Object.assign(resource, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
      },
      'before:deploy:deploy': () => {
        const deploy = serverless.pluginManager.plugins.find(
          (plugin) => plugin.constructor.name === 'AwsDeploy',
        );
        const { getCreateChangeSetParams } = deploy;
        deploy.getCreateChangeSetParams = (options) => ({
          ...getCreateChangeSetParams.call(deploy, options),
          ImportExistingResources: true,
        });
      },
    };
  }
};

const kept = ['AWS::Logs::LogGroup', 'AWS::SSM::Parameter'];

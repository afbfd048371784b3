/**
 * A plugin of osls. Takes statements that allow nothing on any resource out of the roles: IAM refuses a policy with one, and
 * a stage without pools has no secret of them that a role could read.
 */
module.exports = class EmptyStatements {
  constructor(serverless) {
    this.hooks = {
      // The roles come with the custom resources, which are merged last.
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        for (const { Type, Properties } of Object.values(Resources))
          if (Type === 'AWS::IAM::Role') for (const policy of Properties.Policies ?? []) withoutEmpty(policy);
      },
    };
  }
};

function withoutEmpty({ PolicyDocument }) {
  PolicyDocument.Statement = PolicyDocument.Statement.filter(
    ({ Resource }) => !Array.isArray(Resource) || Resource.length > 0,
  );
}

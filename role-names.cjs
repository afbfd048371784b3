const { boundaryOf, lengthOfRoleName } = require('./shared/config/roles.ts');

/**
 * A plugin of osls. Puts what `iam` in `config/` asks for on every role and policy of the package, also on those that a
 * later version adds: a boundary that one role is without bounds nothing.
 */
module.exports = class RoleNames {
  constructor(serverless) {
    this.hooks = {
      // The roles come with the custom resources, which are merged last.
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { provider, custom } = serverless.service;
        nameRoles(provider.compiledCloudFormationTemplate.Resources, provider.stage, custom.stage.iam);
      },
    };
  }
};

function nameRoles(resources, stage, { permissionsBoundary, rolePath, roleNamePrefix }) {
  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    if (Type !== 'AWS::IAM::Role' && Type !== 'AWS::IAM::ManagedPolicy') continue;
    if (rolePath) Properties.Path = rolePath;
    const name = roleNamePrefix && `${roleNamePrefix}${stage}-${id}`;
    if (Type === 'AWS::IAM::ManagedPolicy') {
      if (name) Properties.ManagedPolicyName = name;
      continue;
    }
    if (name?.length > lengthOfRoleName)
      throw new Error(
        `iam.roleNamePrefix: the role ${name} has ${name.length} characters, IAM allows ${lengthOfRoleName}`,
      );
    if (name) Properties.RoleName = name;
    if (permissionsBoundary) Properties.PermissionsBoundary = boundaryOf(permissionsBoundary);
  }
}

const { networkPolicy } = require('./resources/network.ts');

/**
 * A plugin of osls. Attaches the functions that `vpc` in `config/` names to the company's network, and gives their roles
 * what Lambda needs for it. Without `vpc` it does nothing.
 */
module.exports = class Network {
  constructor(serverless) {
    const vpc = () => serverless.service.custom.stage.vpc;
    this.hooks = {
      // Before they are compiled: a version of a function is published anew only where osls sees that it changes, and the
      // state machines call versions.
      'before:package:compileFunctions': () => {
        const { subnets: subnetIds, securityGroups: securityGroupIds, functions = [] } = vpc() ?? {};
        for (const name of functions)
          serverless.service.functions[name].vpc = { subnetIds, securityGroupIds };
      },
      // The roles come with the custom resources, which are merged last.
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const { provider, functions } = serverless.service;
        if (vpc())
          attach(
            provider,
            vpc().functions.map((name) => functions[name].role),
          );
      },
    };
  }
};

function attach({ stage, compiledCloudFormationTemplate: { Resources } }, roles) {
  Resources.NetworkPolicy = networkPolicy(stage);
  for (const role of roles) {
    const { Properties } = Resources[role];
    Properties.ManagedPolicyArns = [...(Properties.ManagedPolicyArns ?? []), { Ref: 'NetworkPolicy' }];
  }
}

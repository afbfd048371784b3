const { overLimits } = require('./resources/limits.ts');
const { partitionOf } = require('./shared/config/partition.ts');

/** A plugin of osls. A package that AWS would refuse for its size is refused here, with exit code 2 and every number. */
module.exports = class PackageLimits {
  constructor(serverless) {
    this.hooks = {
      // The last change of the template is before.
      'before:aws:package:finalize:saveServiceState': () => {
        const { provider, service, custom } = serverless.service;
        const { region } = custom.stage;
        const found = overLimits(provider.compiledCloudFormationTemplate, {
          partition: partitionOf(region).name,
          region,
          stack: `${service}-${provider.stage}`,
        });
        if (found.length === 0) return;
        process.stderr.write(`${found.join('\n')}\n`);
        process.exit(2);
      },
    };
  }
};

const { withServicesOf } = require('./resources/accounts/services.ts');
const { stacksOfServices } = require('./resources/large/stacks.ts');
const { overLimits, targetOf } = require('./resources/limits.ts');
const { readStage } = require('./stage.cjs');

/** A plugin of osls. A package that AWS would refuse for its size is refused here, with exit code 2 and every number. */
module.exports = class PackageLimits {
  constructor(serverless) {
    this.hooks = {
      // The last change of the template is before.
      'before:aws:package:finalize:saveServiceState': () => {
        const { provider } = serverless.service;
        const config = readStage(provider.stage);
        const target = targetOf(config);
        const found = [
          ...overLimits(provider.compiledCloudFormationTemplate, target),
          ...stacksOfServices(withServicesOf(undefined, config)).flatMap(({ id, template }) =>
            overLimits(template, target).map((one) => `${id}: ${one}`),
          ),
        ];
        if (found.length === 0) return;
        process.stderr.write(`${found.join('\n')}\n`);
        process.exit(2);
      },
    };
  }
};

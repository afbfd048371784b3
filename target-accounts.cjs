const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { letCallersIn } = require('./resources/accounts/callers.ts');
const { stackThere } = require('./resources/accounts/services.ts');
const { templateThere } = require('./resources/accounts/template.ts');
const { narrowToClusters } = require('./resources/large/patterns.ts');
const { overLimits } = require('./resources/limits.ts');
const { partitionOf } = require('./shared/config/partition.ts');
const { describeStage, readStage } = require('./stage.cjs');

/**
 * A plugin of osls. Where a stage names other accounts, its functions may take their roles there, and each account gets a
 * template of its own beside the stage's: `target-account-NAME.json`.
 */
module.exports = class TargetAccounts {
  constructor(serverless, options) {
    const config = () => readStage(serverless.service.provider.stage);
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        letCallersIn(
          serverless.service.provider.compiledCloudFormationTemplate.Resources,
          config(),
          describeStage,
        ),
      'after:aws:package:finalize:saveServiceState': () => {
        const folder =
          options.package ?? serverless.service.package.path ?? join(serverless.serviceDir, '.serverless');
        writeTemplates(folder, config());
      },
    };
  }
};

/** One that AWS would refuse for its size ends packaging with exit code 2, as the stage's own does. */
function writeTemplates(folder, config) {
  for (const [name, { region }] of Object.entries(config.accounts)) {
    const template = templateThere(name, config, describeStage);
    const stack = stackThere(name, config);
    const target = { partition: partitionOf(region).name, region, stack };
    narrowToClusters(template.Resources, target);
    const over = overLimits(template, target);
    if (over.length > 0) {
      process.stderr.write(over.map((one) => `accounts.${name}: ${one}\n`).join(''));
      process.exit(2);
    }
    // Without blanks: the commands take only 51,200 bytes without a bucket.
    writeFileSync(join(folder, `target-account-${name}.json`), JSON.stringify(template));
  }
}

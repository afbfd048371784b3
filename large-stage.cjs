const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const uploadS3Object = require('serverless/lib/plugins/aws/lib/upload-s3-object');
const { withServicesOf } = require('./resources/accounts/services.ts');
const { narrowToClusters } = require('./resources/large/patterns.ts');
const { bucketKey, stacksOfServices } = require('./resources/large/stacks.ts');
const { targetOf } = require('./resources/limits.ts');
const { readStage } = require('./stage.cjs');

/**
 * A plugin of osls for stages of many services: shortens rights that IAM would refuse for their length, and puts the templates
 * of the services' own stacks into the package and, with a deployment, into its bucket. A small stage has nothing of it.
 */
module.exports = class LargeStage {
  constructor(serverless, options) {
    const stage = () => serverless.service.provider.stage;
    const folder = () =>
      options.package ?? serverless.service.package.path ?? join(serverless.serviceDir, '.serverless');
    this.hooks = {
      'before:aws:package:finalize:saveServiceState': () => {
        const { Resources } = serverless.service.provider.compiledCloudFormationTemplate;
        narrowToClusters(Resources, targetOf(readStage(stage())));
      },
      'after:aws:package:finalize:saveServiceState': () => {
        for (const { id, template } of stacksOfServices(withServicesOf(undefined, readStage(stage()))))
          writeFileSync(join(folder(), `${prefix}${id}.json`), JSON.stringify(template));
      },
      'after:aws:deploy:deploy:uploadArtifacts': () => upload(serverless, stage(), folder()),
    };
  }
};

const prefix = 'services-stack-';

/** What the package holds, which may have been made earlier and elsewhere. */
async function upload({ service, pluginManager }, stage, folder) {
  if (service.provider.shouldNotDeploy) return;
  const { bucketName, provider } = pluginManager.plugins.find(
    (plugin) => plugin.constructor.name === 'AwsDeploy',
  );
  for (const file of readdirSync(folder).filter((name) => name.startsWith(prefix))) {
    const Body = readFileSync(join(folder, file), 'utf8');
    const Key = bucketKey(stage, basename(file, '.json').slice(prefix.length), Body);
    await uploadS3Object(provider, { Bucket: bucketName, Key, Body, ContentType: 'application/json' });
  }
}

const { readdirSync } = require('node:fs');
const { basename, join } = require('node:path');
const { links } = require('./resources/links.ts');
const { functionNames } = require('./resources/names.ts');
const { unknownFunctions } = require('./resources/network.ts');
const { alarmsOf } = require('./shared/alarms/cloudwatch-alarms.ts');
const { withServicesOf } = require('./resources/accounts/services.ts');
const { allSettings } = require('./shared/config/packaged.ts');
const { readConfigFile } = require('./shared/config/read-config.ts');
const {
  cacheSecrets,
  poolSecrets,
  reliefSecrets,
  tasksOf,
  tuningSecrets,
} = require('./shared/config/servers/address.ts');
const { InvalidInputError } = require('./shared/core/errors.ts');
const { configWarnings } = require('./shared/format/config-warnings.ts');

const folder = join(__dirname, 'config');

/** The validated configuration of a stage; a faulty one stops packaging with every fault named, and exit code 2. */
function readStage(stage) {
  const stages = readdirSync(folder).map((file) => basename(file, '.yml'));
  if (!stages.includes(stage))
    refuse(`stage: "${stage}" has no file in config/; allowed: ${stages.join(', ')}`);
  try {
    return readConfigFile(folder, stage);
  } catch (error) {
    if (error instanceof InvalidInputError) refuse(error.message);
    throw error;
  }
}

/** osls would end with 1 for every error, and print where in its own code. */
function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

const arn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });

const parameter = (name) => arn(`ssm:\${AWS::Region}:\${AWS::AccountId}:parameter${name}`);

/** The addresses that SES may ask rights for, and their domains: whichever of them is verified is the identity. */
function identitiesOf(senders, recipients) {
  const addresses = [...senders, ...recipients];
  return [...new Set(addresses.flatMap((address) => [address, address.split('@')[1]]))];
}

/**
 * What serverless.yml and the roles need to know of a stage: the exact ARNs of the services that it names. They have the
 * account and Region of the stack that they stand in.
 */
function describeStage(config) {
  const services = Object.entries(config.services);
  const ecs = (kind) => (path) => arn(`ecs:\${AWS::Region}:\${AWS::AccountId}:${kind}/${path}`);
  const each = (make) => services.map(([, service]) => make(service));
  const clusters = [...new Set(each(({ cluster }) => cluster))];
  // Where PgBouncer's tasks are, as well.
  const assessed = [
    ...new Set([
      ...clusters,
      ...each(({ cluster, pgbouncer }) => tasksOf(pgbouncer?.instances)?.cluster ?? cluster),
    ]),
  ];
  const named = each(({ cluster, service }) => ecs('service')(`${cluster}/${service}`));
  const withEach = (kind) => [
    ...named,
    ...each(({ cluster, service }) => ecs(kind)(`${cluster}/${service}/*`)),
  ];
  return {
    region: config.region,
    links: links(config),
    iam: config.iam,
    vpc: config.vpc,
    reservedConcurrency: config.reservedConcurrency,
    clusters: clusters.map(ecs('cluster')),
    services: named,
    tasks: clusters.map((cluster) => ecs('task')(`${cluster}/*`)),
    assessedClusters: assessed.map(ecs('cluster')),
    assessedTasks: assessed.map((cluster) => ecs('task')(`${cluster}/*`)),
    servicesAndDeployments: withEach('service-deployment'),
    servicesAndRevisions: withEach('service-revision'),
    alarms: each((service) => alarmsOf(service, config))
      .flat()
      .map(({ AlarmName }) => arn(`cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${AlarmName}`)),
    webhookTokens: config.alertmanager.tokenSecrets.map((name) =>
      arn(`ssm:\${AWS::Region}:\${AWS::AccountId}:parameter${name}`),
    ),
    taskRoles: [...new Set(each(({ taskRoles }) => taskRoles).flat())].map((name) =>
      arn(`iam::\${AWS::AccountId}:role/${name}`),
    ),
  };
}

/** Whom the stage tells and asks, for itself and for each of its services, wherever these are. */
function describePeople(config) {
  const all = allSettings(config);
  const once = (each) => [...new Set(all.flatMap(each))];
  const senders = once(({ approval }) => approval.sender);
  const recipients = once(({ approval }) => approval.approvers.map(({ email }) => email));
  const names = [
    ...identitiesOf(senders, recipients).map((identity) => `identity/${identity}`),
    'configuration-set/*',
  ];
  return {
    sender: senders.length === 1 ? senders[0] : senders,
    recipients,
    mail: names.map((name) => arn(`ses:\${AWS::Region}:\${AWS::AccountId}:${name}`)),
    noticeSecrets: once(({ notices }) => [notices.pagerDuty.routingKeySecret, notices.chat.urlSecret]).map(
      parameter,
    ),
  };
}

/** What reads the pools and caches of the stage's services, and sets the pools, wherever these are. */
function describeServers(config) {
  const services = Object.values(config.services);
  const parameters = (each) => [...new Set(services.flatMap(each))].map(parameter);
  return {
    poolSecrets: parameters(({ pgbouncer }) => poolSecrets(pgbouncer)),
    tuningSecrets: parameters(({ pgbouncer }) => tuningSecrets(pgbouncer)),
    cacheSecrets: parameters(({ cache }) => cacheSecrets(cache)),
    reliefSecrets: parameters(reliefSecrets),
  };
}

/** Called by osls for `${file(stage.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const config = readStage(await resolveVariable('sls:stage'));
  const fault = config.vpc && unknownFunctions(config.vpc, functionNames());
  if (fault) refuse(`config/${config.environment}.yml: ${fault}`);
  for (const warning of configWarnings(config)) console.warn(`config/${config.environment}.yml: ${warning}`);
  return {
    ...describeStage(withServicesOf(undefined, config)),
    ...describePeople(config),
    ...describeServers(config),
  };
};
module.exports.readStage = readStage;
module.exports.describeStage = describeStage;
module.exports.describePeople = describePeople;
module.exports.describeServers = describeServers;

import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Config } from '../../shared/config/schema.ts';
import type { Clients } from '../aws/clients.ts';
import { createAutoscaling } from '../aws/deployed/account.ts';
import { createService, rolesOf } from '../aws/service.ts';
import { query } from './query.ts';

/** What docs/deployment.md presupposes: services with their roles and autoscaling, a sender, and the secrets. */
export interface Account {
  /** Of the emulated AWS. */
  clients: Clients;
  /** Of moto, whose Application Auto Scaling asks its own ECS for the service. */
  moto: Clients;
  endpoint: string;
  config: Config;
  chatUrl: string;
  /** What Alertmanager sends. */
  token: string;
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** Creates it. */
export async function prepareAccount({ clients, moto, endpoint, config, chatUrl, token }: Account) {
  const roles = new Set(Object.values(config.services).flatMap((service) => Object.values(rolesOf(service))));
  for (const RoleName of roles)
    await query(endpoint, 'iam', {
      Action: 'CreateRole',
      Version: '2010-05-08',
      RoleName,
      AssumeRolePolicyDocument: trust,
    });
  for (const service of Object.values(config.services)) {
    await createService(clients.ecs, service);
    await createService(moto.ecs, service);
    await createAutoscaling(clients, service);
  }
  await clients.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: config.approval.sender }));
  const ssm = new SSMClient({
    endpoint,
    region: config.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const secrets = [
    [config.notices.chat.urlSecret, chatUrl],
    ...config.alertmanager.tokenSecrets.map((name) => [name, token]),
  ];
  for (const [Name, Value] of secrets)
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
  ssm.destroy();
}

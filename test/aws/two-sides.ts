import { GetMetricDataCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { createAws } from '../../sandbox/aws/aws.ts';
import { serveAws } from '../../sandbox/aws/server.ts';
import { parseDefinitions } from '../../sandbox/engine/definition/definitions.ts';
import { createEngine } from '../../sandbox/engine/engine.ts';
import { createStepFunctionsApi } from '../../sandbox/engine/wire/wire.ts';
import { mulberry32 } from '../../sandbox/world/model/random.ts';
import { createWorld } from '../../sandbox/world/world.ts';
import { cluster, service } from './calls/call.ts';
import { cpuMetric } from './calls/cloudwatch.ts';
import { sender, topicArn } from './calls/messages.ts';
import { machine } from './calls/step-functions.ts';
import { type Clients, clientsOf } from './clients.ts';
import { startMoto } from './moto.ts';
import { createService } from './service.ts';

/** One AWS of the comparison, ready to be called. */
export interface Side {
  clients: Clients;
  stop(): Promise<void>;
}

/** Three tasks, the third revision of the definition, half an hour of quiet; time stands still. */
export async function sandboxSide(): Promise<Side> {
  const now = () => Date.UTC(2026, 9, 2, 17);
  const aws = createAws({
    world: createWorld({
      now,
      random: mulberry32(1),
      services: [
        {
          cluster,
          name: service,
          desiredCount: 3,
          taskDefinition: `${service}:3`,
          arrivals: () => 10,
          historySeconds: 1800,
        },
      ],
    }),
    now,
    random: mulberry32(2),
    topics: [topicArn],
    senders: [sender],
  });
  const engine = createEngine({
    definitions: parseDefinitions({
      [`${machine.name}.yml`]: JSON.stringify({ definition: machine.definition }),
    }),
    functions: {},
    now: () => Date.now(),
    random: mulberry32(3),
  });
  const api = createStepFunctionsApi(engine);
  aws.mount('AWSStepFunctions', (operation, input) => api(operation, input));
  const server = await serveAws(aws.handle, { port: 0 });
  const clients = clientsOf(server.url);
  return {
    clients,
    async stop() {
      clients.destroy();
      await server.close();
    },
  };
}

/** Gives moto the metric's values of the sandbox: neither can have them of itself. */
async function copyMetric(from: Clients, to: Clients): Promise<void> {
  const { MetricDataResults } = await from.cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'm1', MetricStat: { Metric: cpuMetric, Period: 60, Stat: 'Average' } }],
      StartTime: new Date('2026-10-02T16:30:00Z'),
      EndTime: new Date('2026-10-02T17:00:00Z'),
    }),
  );
  const [{ Timestamps = [], Values = [] } = {}] = MetricDataResults ?? [];
  await to.cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: cpuMetric.Namespace,
      MetricData: Timestamps.map((Timestamp, index) => ({
        MetricName: cpuMetric.MetricName,
        Dimensions: cpuMetric.Dimensions,
        Timestamp,
        Value: Values[index] ?? Number.NaN,
      })),
    }),
  );
}

/** moto with the same things as the sandbox. */
export async function motoSide(sandbox: Side): Promise<Side> {
  const moto = await startMoto({ MOTO_ECS_SERVICE_RUNNING: '3' });
  const clients = clientsOf(moto.url);
  await moto.configure({ stepfunctions: { execute_state_machine: true } });
  await createService(clients.ecs);
  await copyMetric(sandbox.clients, clients);
  await clients.states.send(
    new CreateStateMachineCommand({
      name: machine.name,
      definition: JSON.stringify(machine.definition),
      roleArn: 'arn:aws:iam::123456789012:role/states',
    }),
  );
  await clients.sns.send(new CreateTopicCommand({ Name: topicArn.split(':').at(-1) }));
  await clients.ses.send(new CreateEmailIdentityCommand({ EmailIdentity: sender }));
  return {
    clients,
    async stop() {
      clients.destroy();
      await moto.stop();
    },
  };
}

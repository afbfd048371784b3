import { DescribeServicesCommand } from '@aws-sdk/client-ecs';
import FakeTimers from '@sinonjs/fake-timers';
import { readConfig } from '../../../sandbox/config-files.ts';
import { serviceConfig } from '../../../shared/config/packaged.ts';
import type { Config } from '../../../shared/config/schema.ts';
import { cluster, service as serviceName } from '../calls/call.ts';
import { type Clients, clientsOf } from '../clients.ts';
import { startMoto } from '../moto.ts';
import { createAccount, switchParameter, tableName } from './account.ts';
import { deployedHandlers, type Handler, startingHandlers } from './functions.ts';
import { type SentMail, startGateway } from './gateway.ts';
import { createLoad } from './load.ts';

/** The product deployed to moto: its state machines run there, its functions here, every call goes over HTTP. */
export interface Deployment {
  clients: Clients;
  handlers: ReadonlyMap<string, Handler>;
  mails: SentMail[];
  /** Errors with which functions ended. */
  failures: string[];
  /** Requests per minute from now on. */
  offer(requestsPerMinute: number): void;
  /** Lets minutes pass for the functions and for the metrics. */
  pass(minutes: number): Promise<void>;
  stop(): Promise<void>;
}

/** Production's configuration, with addresses that answer here and metrics from CloudWatch alone. */
function configAt(url: string): Config {
  const config = structuredClone(readConfig('production'));
  const service = serviceConfig(config, serviceName);
  for (const sources of Object.values(service.metrics)) sources.splice(0, sources.length, 'cloudwatch');
  service.health = { api: `${url}/health`, mcp: `${url}/health` };
  config.notices.pagerDuty.url = `${url}/accept`;
  return config;
}

export async function deploy(): Promise<Deployment> {
  // The functions' clock stands still but for `pass`, so that the speed of the machine does not matter.
  const clock = FakeTimers.install({ now: Date.now(), toFake: ['Date'] });
  const gateway = await startGateway();
  const moto = await startMoto({ MOTO_PORT: String(gateway.port), MOTO_ECS_SERVICE_RUNNING: '3' });
  await moto.configure({ stepfunctions: { execute_state_machine: true } });
  const config = configAt(gateway.url);
  const service = serviceConfig(config, serviceName);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: gateway.url,
    AWS_REGION: config.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    EMERGENCY_SCALING_CONFIG: JSON.stringify(config),
    TABLE_NAME: tableName,
    SWITCH_PARAMETER: switchParameter,
    APPROVAL_BASE_URL: gateway.url,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  const clients = clientsOf(gateway.url, 3);
  const handlers = await deployedHandlers();
  gateway.connect({ motoUrl: moto.url, handlers });
  process.env.TOPIC_ARN = await createAccount(clients, gateway.url, config, service);

  let requestsPerMinute = 600;
  const load = createLoad(service, clients.cloudWatch, new Date(Date.now() - 20 * 60_000));
  const running = async () => {
    const { services } = await clients.ecs.send(
      new DescribeServicesCommand({ cluster, services: [serviceName] }),
    );
    return services?.[0]?.runningCount ?? 0;
  };
  const pass = async (minutes: number) => {
    clock.tick(minutes * 60_000);
    await load(new Date(), requestsPerMinute, await running());
  };
  // Every check of a polling loop comes a minute after the one before.
  const waitVerify = handlers.get('wait-verify');
  const timed = new Map([...handlers, ...startingHandlers(clients.states)]).set(
    'wait-verify',
    async (event) => {
      await pass(1);
      return waitVerify?.(event);
    },
  );
  gateway.connect({ motoUrl: moto.url, handlers: timed });
  await pass(0);

  return {
    clients,
    handlers,
    mails: gateway.mails,
    failures: gateway.failures,
    offer(rate) {
      requestsPerMinute = rate;
    },
    pass,
    async stop() {
      clients.destroy();
      await moto.stop();
      await gateway.close();
      clock.uninstall();
    },
  };
}

import { randomBytes } from 'node:crypto';
import { SubscribeCommand } from '@aws-sdk/client-sns';
import { type Clients, clientsOf } from '../aws/clients.ts';
import { startMoto } from '../aws/moto.ts';
import { prepareAccount } from './account.ts';
import { startMinistack } from './ministack.ts';
import { startProxy } from './proxy.ts';
import { describeStack, type Stack } from './stack.ts';
import { oslsDeploy, rehearsalProject } from './stage.ts';
import { startWorld, type World } from './world.ts';

/** The package, deployed onto the AWS of others. */
export interface Emulator {
  clients: Clients;
  /** Where MiniStack listens. */
  url: string;
  stack: Stack;
  /** Address of the stack's HTTP API. */
  httpApi: string;
  world: World;
  /** What the chat, and subscribers of the topic, were told. */
  chat: readonly string[];
  topic: readonly string[];
  /** What Alertmanager sends. */
  token: string;
  /** What MiniStack wrote. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts everything and deploys. What has been started ends again when something fails. */
export async function startEmulator(): Promise<Emulator> {
  const ends: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const proxy = await startProxy();
    ends.push(proxy.close);
    const project = rehearsalProject(proxy.url);
    ends.push(project.remove);
    const moto = await startMoto();
    ends.push(moto.stop);
    const ministack = await startMinistack(proxy.url);
    ends.push(ministack.stop);
    proxy.connect({ ministack: ministack.url, moto: moto.url });
    const clients = clientsOf(proxy.url, 3);
    const motoClients = clientsOf(moto.url, 3);
    ends.push(clients.destroy, motoClients.destroy);
    const token = randomBytes(32).toString('base64');
    await prepareAccount({
      clients,
      moto: motoClients,
      endpoint: proxy.url,
      config: project.config,
      chatUrl: `${proxy.url}/chat`,
      token,
    });
    const world = await startWorld(clients, project.config);
    ends.push(world.stop);
    await oslsDeploy(project.folder, ministack.url);
    const stack = await describeStack(ministack.url);
    await clients.sns.send(
      new SubscribeCommand({
        TopicArn: stack.outputs.NoticesTopic,
        Protocol: 'http',
        Endpoint: `${proxy.url}/topic`,
      }),
    );
    const { url, log } = ministack;
    const httpApi = `http://${stack.outputs.HttpApiId}.execute-api.localhost:${new URL(url).port}`;
    return { clients, url, stack, httpApi, world, chat: proxy.chat, topic: proxy.topic, token, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

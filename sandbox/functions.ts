import type { Context } from 'aws-lambda';
import { assess } from '../functions/assess.ts';
import { closeIncident } from '../functions/close-incident.ts';
import { alertWebhook } from '../functions/doors/alert-webhook.ts';
import { approval } from '../functions/doors/approval.ts';
import { watchExecutions } from '../functions/doors/watch-executions.ts';
import { intake } from '../functions/intake.ts';
import { notify } from '../functions/notify.ts';
import { openIncident } from '../functions/open-incident.ts';
import { plan } from '../functions/plan.ts';
import { preflight } from '../functions/preflight.ts';
import { putAutoscaling } from '../functions/put-autoscaling.ts';
import { putPolicy } from '../functions/put-policy.ts';
import { readAutoscaling } from '../functions/read-autoscaling.ts';
import { registerTarget } from '../functions/register-target.ts';
import { remindApprovers } from '../functions/remind-approvers.ts';
import { requestApproval } from '../functions/request-approval.ts';
import { rollback } from '../functions/rollback.ts';
import { scaleIn } from '../functions/scale-in.ts';
import { scaleOut } from '../functions/scale-out.ts';
import { checkRedis } from '../functions/servers/check-redis.ts';
import { readPools } from '../functions/servers/read-pools.ts';
import { relieveRedis } from '../functions/servers/relieve-redis.ts';
import { tunePools } from '../functions/servers/tune-pools.ts';
import { takeSnapshot } from '../functions/take-snapshot.ts';
import { waitVerify } from '../functions/wait-verify.ts';
import type { Config } from '../shared/config/schema.ts';
import type { Log, ResourceName, Resources } from '../shared/lambda/context.ts';
import { lambda, type Providers, type Step, timer } from '../shared/lambda/step.ts';
import type { RecordStore } from '../shared/store/record-store.ts';
import { withoutProfiles } from './aws/no-profiles.ts';
import type { WireRequest, WireResponse } from './aws/wire.ts';
import { clients } from './clients.ts';
import { functionArn, stateMachineArn } from './engine/basics/arn.ts';
import type { Place } from './place.ts';
import type { HttpGet } from './prometheus/endpoints.ts';

/** What the functions get in place of AWS: the same clients, with another request handler. */
export interface LocalSurroundings {
  config: Config;
  /** Where the state machines are deployed. */
  place: Place;
  now(): number;
  randomBytes(count: number): Uint8Array;
  handle(request: WireRequest): Promise<WireResponse>;
  store: RecordStore;
  httpGet: HttpGet;
  httpPost: Resources['http']['post'];
  readSecret(name: string): Promise<string>;
  /** What PgBouncer's consoles and PostgreSQL answer a function. */
  databasesFor(caller: string): Resources['databases'];
  /** What the cache answers a function. */
  cachesFor(caller: string): Resources['caches'];
  switchIsOn(): Promise<boolean>;
  log(functionName: string): Log;
  topicArn: string;
  /** Where functions run in several containers side by side: which one this is. */
  container?: number;
  approvalBaseUrl: string;
  /** Asked before each call that does not go over the wire: throws where the function has no right to it. */
  authorize?(caller: string, action: string, resource?: string): void;
}

export type LocalFunction = (
  event: unknown,
  context: { functionName: string; awsRequestId: string },
) => Promise<unknown>;

/** Every function of `functions/`, wired to the sandbox. The functions themselves do not know it. */
export function localFunctions(surroundings: LocalSurroundings): Record<string, LocalFunction> {
  withoutProfiles();
  const wired = <Input, Needs extends ResourceName, Output>(
    step: Step<Input, Needs, Output>,
  ): [string, LocalFunction] => {
    const handler = lambda(step, resources(step.name, surroundings), (functionName) => ({
      config: surroundings.config,
      log: surroundings.log(functionName),
      now: () => new Date(surroundings.now()),
      after: timer,
    }));
    return [step.name, (event, context) => handler(event, lambdaContext(context, surroundings.place))];
  };
  return Object.fromEntries([
    wired(intake),
    wired(openIncident),
    wired(assess),
    wired(plan),
    wired(takeSnapshot),
    wired(registerTarget),
    wired(scaleOut),
    wired(putPolicy),
    wired(waitVerify),
    wired(requestApproval),
    wired(remindApprovers),
    wired(approval),
    wired(alertWebhook),
    wired(readPools),
    wired(tunePools),
    wired(checkRedis),
    wired(relieveRedis),
    wired(readAutoscaling),
    wired(putAutoscaling),
    wired(scaleIn),
    wired(rollback),
    wired(notify),
    wired(closeIncident),
    wired(watchExecutions),
    wired(preflight),
  ]);
}

function resources(caller: string, surroundings: LocalSurroundings): Providers<ResourceName> {
  const { config, handle, container } = surroundings;
  const options = (attempts?: number) => ({ caller, region: config.region, attempts, container, handle });
  return {
    ecs: (attempts, elsewhere) => clients.ecs(options(attempts), elsewhere),
    autoscaling: (attempts, elsewhere) => clients.autoscaling(options(attempts), elsewhere),
    cloudwatch: (attempts, elsewhere) => clients.cloudwatch(options(attempts), elsewhere),
    states: () => clients.states(options()),
    notices: () => ({ sns: clients.sns(options()), topicArn: surroundings.topicArn }),
    mail: () => ({ ses: clients.ses(options()) }),
    functions: () => clients.lambda(options()),
    version: () => ({ name: 'sandbox' }),
    store: () => guardedStore(caller, surroundings),
    http: () => ({ get: surroundings.httpGet, post: surroundings.httpPost }),
    secrets: () => ({
      read: guarded(caller, 'ssm:GetParameter', surroundings, surroundings.readSecret),
    }),
    databases: () => surroundings.databasesFor(caller),
    caches: () => surroundings.cachesFor(caller),
    machine: () => ({ arn: stateMachineArn(surroundings.place, 'emergency-scaling') }),
    switch: () => ({
      isOn: guarded(caller, 'ssm:GetParameter', surroundings, () => surroundings.switchIsOn()),
    }),
    random: () => ({ bytes: surroundings.randomBytes }),
    links: () => ({ approvalBaseUrl: surroundings.approvalBaseUrl }),
  };
}

/** A call that asks for its right first, as AWS does. It takes no turn more of the event loop than the call alone. */
const guarded =
  <Arguments extends unknown[], Answer>(
    caller: string,
    action: string,
    { authorize }: Pick<LocalSurroundings, 'authorize'>,
    call: (...given: Arguments) => Promise<Answer>,
  ) =>
  (...given: Arguments): Promise<Answer> => {
    try {
      authorize?.(caller, action, typeof given[0] === 'string' ? given[0] : undefined);
    } catch (error) {
      return Promise.reject(error);
    }
    return call(...given);
  };

/** The table, whose rights are by function and key. */
const guardedStore = (caller: string, surroundings: LocalSurroundings): RecordStore => ({
  read: guarded(caller, 'dynamodb:GetItem', surroundings, (key) => surroundings.store.read(key)),
  write: guarded(caller, 'dynamodb:PutItem', surroundings, (key, body, options) =>
    surroundings.store.write(key, body, options),
  ),
});

/** Lambda's context object, as far as the middleware reads it. */
function lambdaContext(
  { functionName, awsRequestId }: { functionName: string; awsRequestId: string },
  place: Place,
): Context {
  return {
    functionName,
    awsRequestId,
    callbackWaitsForEmptyEventLoop: false,
    functionVersion: '1',
    invokedFunctionArn: functionArn(place, functionName),
    memoryLimitInMB: '256',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'sandbox',
    getRemainingTimeInMillis: () => 60_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

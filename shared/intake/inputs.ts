import * as v from 'valibot';
import { alertNames } from '../alerts/catalogue.ts';
import { AutoscalingInput, autoscalingParameters, tasks } from '../autoscaling/input.ts';
import { serviceConfig } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import { InvalidInputError } from '../core/errors.ts';
import { datetime, strict } from '../core/schema.ts';
import type { Reason } from '../document/reason.ts';
import type { Request } from '../document/request.ts';
import { because } from '../format/reasons.ts';
import type { AlertmanagerInput } from './alertmanager-message.ts';

/** Invisible characters are gone by then: a reason of those only is none. */
const words = v.pipe(v.string(), v.minLength(1, 'must hold something that can be read'), v.maxLength(1000));
const GivenReason = v.looseObject({ code: v.pipe(v.string(), v.maxLength(100)), text: words });

/** A person gives a reason in words, a workflow with its code and its numbers. */
const givenReason = (given: string | Reason): Reason =>
  typeof given === 'string' ? because('said', { said: given }) : given;

/** What a person types at "Start execution", and what one workflow hands to the next. */
export const ConsoleInput = strict({
  environment: v.string(),
  service: v.optional(v.string()),
  alert: v.optional(v.picklist(alertNames)),
  requestedBy: v.optional(
    v.pipe(v.string(), v.minLength(1, 'must be a name that can be read'), v.maxLength(200)),
  ),
  dryRun: v.optional(v.boolean()),
  to: v.optional(v.picklist(['automatic', 'previous-task-definition', 'redeploy', 'desired-count'])),
  desiredCount: tasks,
  ...AutoscalingInput.entries,
  startedBy: v.optional(v.pipe(v.string(), v.startsWith('arn:'))),
  waitingSince: v.optional(datetime),
  /** Why a workflow started this one, in words; goes into its notices and its outcome. */
  because: v.optional(v.pipe(v.array(v.union([words, GivenReason])), v.maxLength(20))),
  /** Scales out at once, without an alert. */
  scaleOut: v.optional(v.boolean()),
  /** Names the flush of the cache: then it may be proposed. */
  flush: v.optional(v.boolean()),
  /** Gives the cache the policy back that an earlier run has set. */
  restore: v.optional(v.boolean()),
  /** Step Functions' own link from a nested execution to its parent; the console shows it. */
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: v.optional(v.string()),
});

/**
 * An alert that fires since long is not stale: Alertmanager only posts while it fires, and it may have been silenced or
 * grouped before. The webhook starts each alert once, so nothing here depends on its age.
 */
export function fromAlertmanager(input: AlertmanagerInput, config: Config): FromInput {
  const { alert, environment, startsAt, fingerprint } = input;
  requireEnvironment(environment, config);
  serviceConfig(config, input.service);
  return {
    source: 'webhook',
    service: input.service,
    alert,
    requestedBy: `Alertmanager alert ${alert}`,
    dryRun: false,
    act: true,
    eventId: fingerprint,
    firingSince: startsAt,
    reasons: [because('alertmanager-fires', { alert, since: startsAt })],
  };
}

/** @throws InvalidInputError that names the environment of this deployment. */
function requireEnvironment(environment: string, config: Config): void {
  if (environment === config.environment) return;
  throw new InvalidInputError(
    `environment: "${environment}" is not handled here; allowed: ${config.environment}`,
  );
}

/** @throws InvalidInputError where a stage with several services gets none. */
function serviceNamed(name: string | undefined, config: Config): string {
  const [only, ...others] = Object.keys(config.services);
  const service = name ?? (others.length === 0 ? only : undefined);
  if (service !== undefined) return service;
  throw new InvalidInputError(`service: must be named; allowed: ${Object.keys(config.services).join(', ')}`);
}

/** @throws InvalidInputError that names a field of another state machine, or one that is missing beside another. */
function requireFieldsOf(machine: Request['machine'], input: v.InferOutput<typeof ConsoleInput>): void {
  const { scaleOut, to, desiredCount } = input;
  if (machine !== 'emergency-scaling' && scaleOut)
    throw new InvalidInputError('scaleOut: only emergency-scaling takes this field');
  if (machine !== 'rollback' && (to !== undefined || desiredCount !== undefined))
    throw new InvalidInputError(`${to ? 'to' : 'desiredCount'}: only rollback takes this field`);
  if ((to === 'desired-count') !== (desiredCount !== undefined))
    throw new InvalidInputError(
      'desiredCount: must be given together with "to": "desired-count", and only then',
    );
}

/** @throws InvalidInputError where a flush is named by anybody but a person, or a relief elsewhere. */
function requireRelief(machine: Request['machine'], input: v.InferOutput<typeof ConsoleInput>): void {
  const { flush, restore, startedBy, requestedBy } = input;
  if (machine !== 'redis-emergency' && (flush || restore))
    throw new InvalidInputError(`${flush ? 'flush' : 'restore'}: only redis-emergency takes this field`);
  if (flush && restore) throw new InvalidInputError('restore: not together with flush');
  if (flush && startedBy !== undefined)
    throw new InvalidInputError('flush: only a person may name it; leave out startedBy');
  if (flush && requestedBy === undefined)
    throw new InvalidInputError('flush: only a person may name it; give requestedBy, too');
}

/** What a person or another workflow asks for. @throws InvalidInputError that names the faulty field. */
export function fromConsole(
  input: v.InferOutput<typeof ConsoleInput>,
  machine: Request['machine'],
  config: Config,
): FromInput {
  requireEnvironment(input.environment, config);
  const service = serviceNamed(input.service, config);
  requireFieldsOf(machine, input);
  requireRelief(machine, input);
  const parameters = autoscalingParameters(input, machine, serviceConfig(config, service));
  const { startedBy, requestedBy = 'a person at the console' } = input;
  return {
    source: startedBy ? 'workflow' : 'console',
    service,
    ...(input.alert ? { alert: input.alert } : {}),
    requestedBy,
    dryRun: input.dryRun ?? false,
    act: true,
    ...(input.scaleOut ? { scaleOut: true } : {}),
    ...(input.flush ? { flush: true } : {}),
    ...(input.restore ? { restore: true } : {}),
    reasons: input.because?.map(givenReason) ?? [because('asked-by', { by: requestedBy })],
    ...(startedBy ? { startedBy } : {}),
    ...(input.waitingSince ? { waitingSince: input.waitingSince } : {}),
    ...(machine === 'rollback' ? { rollbackTo: input.to ?? 'automatic' } : {}),
    ...(input.desiredCount === undefined ? {} : { desiredCount: input.desiredCount }),
    ...(parameters ? { parameters } : {}),
  };
}

export type FromInput = Omit<Request, 'machine' | 'execution' | 'environment' | 'receivedAt'>;

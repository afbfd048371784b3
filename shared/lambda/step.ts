import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type About, type Elsewhere, elsewhereOf } from '../config/elsewhere.ts';
import { packagedConfig, toolsFor } from '../config/packaged.ts';
import type { Config } from '../config/schema.ts';
import { ThrottledError } from '../core/errors.ts';
import { parse, type Schema, tryParse } from '../core/schema.ts';
import { isThrottling } from '../core/throttling.ts';
import { type PreflightAsk, PreflightInput, type Tried } from '../document/preflight.ts';
import { aboutAsk, aboutOf, ofTheService } from './about.ts';
import type { Basics, Log, ResourceName, Resources, StepContext } from './context.ts';

/** One step of a state machine: parses the document, decides, acts, returns the key that it adds. */
export interface Step<Input, Needs extends ResourceName, Output> {
  name: string;
  input: Schema<Input>;
  /** How often an AWS call is attempted; less than usual where the state machine asks again anyway. */
  attempts?: number;
  /** Which service and execution an input is about, where its document does not say so: the clients are those of its account. */
  about?(input: Input, config: Config): About | undefined;
  run(input: Input, context: StepContext<Needs>): Promise<Output>;
  /** Makes each call of `run` without changing anything that matters: the answer to `{ preflight }` in place of an input. */
  preflight(ask: PreflightAsk, context: StepContext<Needs>): Promise<Tried>;
}

/**
 * How each resource is made; called once per container, at the first invocation. Those of a service in another account are
 * made once per execution: the session there has its name.
 */
export type Providers<Needs extends ResourceName> = {
  [Name in Needs]: (attempts?: number, elsewhere?: Elsewhere) => Resources[Name];
};

/** Where a function's basics come from: AWS by default, the sandbox when it runs on a laptop. */
export type BasicsProvider = (functionName: string, context: Context) => Basics;

/** Types a step by its parts; adds nothing at run time. */
export function step<Input, Needs extends ResourceName, Output>(definition: Step<Input, Needs, Output>) {
  return definition;
}

/**
 * Wraps a step as a Lambda handler: the execution's id on every log line, input parsed (InvalidInputError names every
 * faulty field), errors thrown by name so that the state machine can match them.
 */
export function lambda<Input, Needs extends ResourceName, Output>(
  { name, input, attempts, about = aboutOf, run, preflight }: Step<Input, Needs, Output>,
  providers: Providers<Needs>,
  basics: BasicsProvider = awsBasics,
) {
  const resourcesAt = provided(providers, attempts);
  const handle = async (event: unknown, context: Context): Promise<Output | Tried> => {
    const own = basics(name, context);
    const toolsOf = (subject: About | undefined) => ({
      ...own,
      ...resourcesAt(subject && elsewhereOf(subject, name, own.config)),
    });
    const rehearsal = tryParse(PreflightInput, event)?.preflight;
    if (rehearsal) return preflight(rehearsal, toolsOf(aboutAsk(rehearsal))).catch(asThrottled);
    const parsed = parse(input, event);
    const subject = about(parsed, own.config);
    return run(parsed, toolsFor(toolsOf(subject), subject?.service)).catch(asThrottled);
  };
  // A function that takes too long ends by Lambda's time limit, whose error the state machines know and repeat.
  return middy(handle, { timeoutEarlyInMillis: 0 }).onError(({ error, context, event }) => {
    basics(name, context).log.error('step failed', {
      execution: executionOf(event),
      error: errorFields(error),
    });
  });
}

/** The resources of a container: here, and for the latest execution about a service elsewhere. */
function provided<Needs extends ResourceName>(providers: Providers<Needs>, attempts: number | undefined) {
  let here: Pick<Resources, Needs> | undefined;
  let latest: { at: string; resources: Pick<Resources, Needs> } | undefined;
  return (elsewhere: Elsewhere | undefined): Pick<Resources, Needs> => {
    here ??= provide(providers, attempts);
    if (!elsewhere) return here;
    const at = `${elsewhere.role} ${elsewhere.region} ${elsewhere.session}`;
    if (latest?.at !== at)
      latest = { at, resources: { ...here, ...provide(providers, attempts, elsewhere) } };
    return latest.resources;
  };
}

/** All resources of here; or those that are elsewhere. */
function provide<Needs extends ResourceName>(
  providers: Providers<Needs>,
  attempts: number | undefined,
  elsewhere?: Elsewhere,
): Pick<Resources, Needs> {
  const all = Object.entries<(attempts?: number, elsewhere?: Elsewhere) => unknown>(providers);
  const made = all.filter(([name]) => !elsewhere || ofTheService.some((one) => one === name));
  const entries = made.map(([name, make]) => [name, make(attempts, elsewhere)]);
  return Object.fromEntries(entries);
}

/** Every service has its own name for it; the state machines know one. */
function asThrottled(error: unknown): never {
  if (error instanceof Error && isThrottling(error.name))
    throw new ThrottledError(`${error.name}: ${error.message}`, { cause: error });
  throw error;
}

/** The execution that an event's document belongs to, for the log. */
export function executionOf(event: unknown): string | undefined {
  const arn = /arn:[^"]*:execution:[^"]*/.exec(JSON.stringify(event) ?? '');
  return arn?.[0];
}

const errorFields = (error: unknown) =>
  error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Unknown', message: String(error) };

let config: Config | undefined;
let logger: Logger | undefined;

/** The configuration is checked and put into the bundle when it is packaged: one code version, one configuration. */
function awsBasics(functionName: string, context: Context): Basics {
  config ??= packagedConfig(process.env.EMERGENCY_SCALING_CONFIG);
  logger ??= new Logger({ serviceName: functionName });
  logger.addContext(context);
  return { config, log: logFrom(logger), now: () => new Date(), after: timer };
}

/** A deadline on the global timer; the only place where one is set. */
export function timer(milliseconds: number) {
  let cancel = () => {};
  const passed = new Promise<void>((resolve) => {
    const handle = setTimeout(resolve, milliseconds);
    cancel = () => clearTimeout(handle);
  });
  return { passed, cancel };
}

function logFrom(target: Logger): Log {
  return {
    info: (message, fields = {}) => target.info(message, fields),
    warn: (message, fields = {}) => target.warn(message, fields),
    error: (message, fields = {}) => target.error(message, fields),
  };
}

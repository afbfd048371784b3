import { AwsError, isAwsAnswer, WireTimeout } from './errors.ts';
import type { Operations } from './input.ts';
import { parseCall } from './protocols/parse-call.ts';
import type { ParsedCall } from './protocols/parsed-call.ts';
import { type Site, uuid } from './site.ts';
import type { CallRecord, FaultPlan, WireRequest, WireResponse } from './wire.ts';

/** Answers one operation of an API that is mounted from outside. Errors with a numeric `status` become AWS answers. */
export type MountedHandler = (operation: string, input: unknown, request: WireRequest) => unknown;

/** How the front door finds an operation: by the API's name in IAM. */
export type Routes = Map<string, Operations | MountedHandler>;

export interface FrontDoorOptions {
  site: Site;
  routes: Routes;
  faults: FaultPlan | undefined;
  /** Throws when the caller is too fast. */
  throttle: ((service: string, operation: string) => void) | undefined;
  /** After how many virtual milliseconds the client of an injected time-out gives up. */
  timeoutMilliseconds: number;
  calls: CallRecord[];
}

const sleep = (milliseconds: number) =>
  new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));

function isOutput(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

async function run(routes: Routes, call: ParsedCall, request: WireRequest): Promise<Record<string, unknown>> {
  const route = routes.get(call.service);
  if (typeof route === 'function') {
    const output = await route(call.operation, call.input, request);
    return isOutput(output) ? output : {};
  }
  const operation = route && Object.hasOwn(route, call.operation) ? route[call.operation] : undefined;
  if (operation === undefined) {
    const what = `${call.service}: ${call.operation}`;
    throw new AwsError(call.unknownOperation, `The sandbox does not simulate ${what}.`);
  }
  return operation(call.input, request.caller);
}

/** The one entrance of the simulated AWS: faults, throttling, the call itself, and the record of it. */
export function createFrontDoor(options: FrontDoorOptions): (request: WireRequest) => Promise<WireResponse> {
  const { site, routes, faults, throttle, calls } = options;

  /** The switch and the secrets are read often: what else is drawn from the seed must not move with that. */
  const requestIdOf = ({ headers }: WireRequest): string =>
    headers['x-amz-target']?.startsWith('AmazonSSM.')
      ? `00000000-0000-4000-8000-${String(calls.length).padStart(12, '0')}`
      : uuid(site);

  async function giveUp(record: CallRecord): Promise<never> {
    if (options.timeoutMilliseconds > 0) await sleep(options.timeoutMilliseconds);
    const after = `${options.timeoutMilliseconds} ms`;
    throw new WireTimeout(`${record.service}:${record.operation} did not answer within ${after}`);
  }

  async function answer(call: ParsedCall, request: WireRequest, record: CallRecord): Promise<WireResponse> {
    const fault = faults?.(record);
    if (fault?.kind === 'error') throw new AwsError(fault.name, fault.message, fault.status);
    if (fault?.kind === 'timeout-before') return giveUp(record);
    if (fault?.kind === 'delay') await sleep(fault.milliseconds);
    throttle?.(call.service, call.operation);
    if (call.fault) throw call.fault;
    site.world.advance();
    const response = call.encode(await run(routes, call, request));
    return fault?.kind === 'timeout-after' ? giveUp(record) : response;
  }

  return async (request) => {
    const call = parseCall(request, requestIdOf(request));
    if (call === undefined) {
      const body = JSON.stringify({
        __type: 'UnknownOperationException',
        message: `Not an AWS call: ${request.path}`,
      });
      return { status: 404, headers: { 'content-type': 'application/json' }, body };
    }
    const { service, operation, input } = call;
    const record: CallRecord = { at: site.now(), caller: request.caller, service, operation, input };
    try {
      const response = await answer(call, request, record);
      calls.push(record);
      return response;
    } catch (error) {
      if (error instanceof Error) calls.push({ ...record, error: error.name });
      // Anything else is a fault of the sandbox itself and must surface as such.
      if (!isAwsAnswer(error)) throw error;
      return call.encodeError(error);
    }
  };
}

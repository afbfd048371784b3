import type { Fault, FaultPlan, WireRequest, WireResponse } from '../../sandbox/aws/wire.ts';
import type { ChaosFault, WireTrouble } from '../generate/incident.ts';
import { met, type Reach } from '../record/reach.ts';

/** Callers that are people or the sandbox itself: the faults are for the product. */
const notDisturbed: ReadonlySet<string> = new Set(['person', 'sandbox', 'aws-cli']);

/** Disturbs the calls that the faults name, and the channels that travel over the wire. */
export function wireFaultPlan(
  faults: readonly ChaosFault[],
  reach: Reach,
  stepOf: (caller: string) => string,
): FaultPlan {
  const counts = new Map<string, number>();
  return ({ caller, service, operation }) => {
    if (notDisturbed.has(caller)) return undefined;
    const call = `${service}:${operation}`;
    const count = (counts.get(call) ?? 0) + 1;
    counts.set(call, count);
    for (const fault of faults) {
      if (fault.kind === 'wire' && fault.call === call && within(count, fault)) {
        met(reach, nameOf(fault.what), stepOf(caller));
        return asFault(fault.what);
      }
      if (fault.kind === 'channel' && isChannel(fault.channel, service) && within(count, fault)) {
        met(reach, `${fault.channel} down`, stepOf(caller));
        return { kind: 'error', name: 'AuthorizationError', message: 'The channel is down.', status: 403 };
      }
    }
    return undefined;
  };
}

const within = (count: number, { first, times }: { first: number; times: number }) =>
  count >= first && count < first + times;

const isChannel = (channel: string, service: string) =>
  (channel === 'sns' && service === 'sns') || (channel === 'mail' && service === 'ses');

const nameOf = (trouble: WireTrouble) =>
  trouble.kind === 'error' ? trouble.name : trouble.kind === 'delay' ? 'slow answer' : trouble.kind;

function asFault(trouble: WireTrouble): Fault {
  if (trouble.kind === 'error') {
    return { kind: 'error', name: trouble.name, message: 'An injected fault.', status: trouble.status };
  }
  return trouble.kind === 'delay'
    ? { kind: 'delay', milliseconds: trouble.seconds * 1000 }
    : { kind: trouble.kind };
}

type Handle = (request: WireRequest) => Promise<WireResponse>;

/** Answers of a call that is stale now come from the past: the newest one that is at least that old. */
export function withStaleReads(
  handle: Handle,
  ageOf: (call: string) => number | undefined,
  now: () => number,
  callOf: (request: WireRequest) => string,
  onStale: (call: string) => void,
): Handle {
  const kept = new Map<string, { at: number; answer: WireResponse }[]>();
  return async (request) => {
    const call = callOf(request);
    const answer = await handle(request);
    if (!/:(Describe|List|Get)/.test(call) || answer.status !== 200) return answer;
    // Metrics are asked for with other times each time; the other reads are told apart by what they ask for.
    const question = call === 'cloudwatch:GetMetricData' ? call : `${call} ${request.body}`;
    const known = kept.get(question) ?? [];
    kept.set(question, known);
    const age = ageOf(call);
    const old = age === undefined ? undefined : known.findLast(({ at }) => at <= now() - age * 1000);
    known.push({ at: now(), answer });
    if (!old) return answer;
    onStale(call);
    return old.answer;
  };
}

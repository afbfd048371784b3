import { accountOf, roleThere } from '../shared/config/elsewhere.ts';
import type { Config } from '../shared/config/schema.ts';
import type { Aws } from './aws/aws.ts';
import { AwsError } from './aws/errors.ts';
import { parseCall } from './aws/protocols/parse-call.ts';
import type { RoleSession, Trust } from './aws/sts.ts';
import type { WireRequest, WireResponse } from './aws/wire.ts';
import { defaultPlace, type Place } from './place.ts';

/** Where a service is: in an account that the configuration names, or in the stage's own. */
export function placeOf(service: string, config: Config): Place {
  const { account, region } = accountOf(service, config)?.account ?? {
    account: defaultPlace.account,
    region: config.region,
  };
  return { account, region };
}

/** The roles of the other accounts, each for one function, as their stacks make them. */
export const trustIn =
  (config: Config): Trust =>
  (role, caller) =>
    Object.entries(config.accounts).find(
      ([name, account]) => roleThere(caller, name, account, config) === role,
    )?.[1].externalId;

/**
 * Two accounts with one front door: a request goes to the account whose credentials signed it. What is not signed is the
 * stage's own; what a person has signed, with any credentials, goes where the Region is.
 * @param sessions what STS has given, by the access key
 */
export function twoAccounts(
  own: Aws,
  other: { aws: Aws; place: Place },
  sessions: ReadonlyMap<string, RoleSession>,
): (request: WireRequest) => Promise<WireResponse> {
  const { aws, place } = other;
  return async (request) => {
    const signed = /Credential=(?<key>[^/]+)\/\d+\/(?<region>[^/]+)\//.exec(
      request.headers.authorization ?? '',
    );
    if (!signed?.groups) return own.handle(request);
    const { key = '', region = '' } = signed.groups;
    const there = region === place.region;
    // Keys of sessions begin so. Source: IAM User Guide, "IAM identifiers".
    if (!key.startsWith('ASIA')) return there ? aws.handle(request) : own.handle(request);
    if (there && sessions.get(key)?.account === place.account) return aws.handle(request);
    const refusal = new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
    return parseCall(request, 'sandbox')?.encodeError(refusal) ?? own.handle(request);
  };
}

import { alertNames } from '../../shared/alerts/catalogue.ts';
import { firstOfEach } from '../../shared/core/first-of-each.ts';
import { largestRole, type Resources, sizeOfRole, type Target } from '../limits.ts';

/** A service, and what belongs to one: all of these of its cluster. */
const ofService = /(:service)\/([^/]+)\/[^/]+$/;
const besideService = /(:service-(?:deployment|revision))\/([^/]+)\/.+$/;
/** An alarm of a service: those of all services for this alert. */
const ofAlarm = new RegExp(`:alarm:.+-(${alertNames.join('|')})$`);

/** The ARN pattern that stands for an ARN where there are too many of them. */
const patternOf = (arn: string): string =>
  arn.replace(ofService, '$1/$2/*').replace(besideService, '$1/$2/*').replace(ofAlarm, ':alarm:*-$1');

/**
 * Gives each role whose lists of services are longer than IAM takes one pattern for each cluster instead of each service, and
 * one for each alert instead of each alarm. A role that fits keeps its exact list.
 */
export function narrowToClusters(resources: Resources, target: Target): void {
  for (const { Type, Properties = {} } of Object.values(resources)) {
    if (Type !== 'AWS::IAM::Role' || sizeOfRole(Properties, resources, target) <= largestRole) continue;
    Properties.Policies = withPatterns(Properties.Policies);
  }
}

/** Every list of ARNs by patterns, each once. */
function withPatterns(value: unknown): unknown {
  if (Array.isArray(value)) return firstOfEach(value.map(withPatterns), JSON.stringify);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::Sub': text } = Object(value);
  if (typeof text === 'string') return { 'Fn::Sub': patternOf(text) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withPatterns(inner)]));
}

import { metricNames } from '../config/metric-catalogue.ts';
import { metricLabel, metricValue } from './metrics.ts';
import { moment } from './text.ts';

/** `name`, then the values, level and limit that the domain's reasons say about it. */
const said = new RegExp(
  String.raw`\b(${metricNames.join('|')})((?:(?: →)? \d+(?:\.\d+)?)*(?: is (?:still )?[a-z]+)?(?: \((?:warning|critical) above \d+(?:\.\d+)?)?)`,
  'g',
);

/** A reason for people: metrics by their label with units, moments without milliseconds, long ARNs by their name. */
export function inWords(reason: string): string {
  return reason
    .replace(said, (_, name: string, rest: string) => {
      const metric = metricNames.find((known) => known === name);
      if (!metric) return name + rest;
      return (
        metricLabel(metric) + rest.replace(/\d+(?:\.\d+)?/g, (value) => metricValue(metric, Number(value)))
      );
    })
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => moment(at))
    .replace(/arn:[\w-]+:states:[^:]*:\d*:execution:[^:]+:(\S+)/g, '$1')
    .replace(/arn:[\w-]+:ecs:[^:]*:\d*:task-definition\/(\S+)/g, '$1');
}

/** Whether a sentence only repeats a row of the metrics' table. */
export const repeatsRow = (reason: string): boolean =>
  metricNames.some((name) => reason.startsWith(`${metricLabel(name)} `)) &&
  reason.includes(' (warning above ');

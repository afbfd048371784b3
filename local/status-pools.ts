import { secrets } from '../shared/aws/secrets.ts';
import type { Config } from '../shared/config/schema.ts';
import type { ServiceConfig } from '../shared/config/service.ts';
import { type PoolLine, poolAdvice } from '../shared/format/pools/findings.ts';
import { instanceLines, postgresText } from '../shared/format/pools/seen.ts';
import type { Basics, Resources } from '../shared/lambda/context.ts';
import { timer } from '../shared/lambda/step.ts';
import { readInstances, readPostgres } from '../shared/pool/read.ts';
import {
  type Finding,
  needsSecondLook,
  type PoolLimits,
  type PoolsSeen,
  poolVerdict,
} from '../shared/pool/verdict.ts';
import { wrapped } from './display/lines.ts';

/** What is known of a service's pools, and what is wrong with them, the first to be mended in front. */
export interface PoolsStatus extends PoolsSeen {
  findings: Finding[];
}

type Tools = Pick<Resources, 'secrets'> & Pick<Basics, 'after'>;
const ofPerson = (): Tools => ({ secrets: secrets(), after: timer });

/** A pool that has not grown in this time is one that PostgreSQL refuses. */
const secondLookSeconds = 5;
const width = 80;
const column = 13;

/** Reads every PgBouncer and PostgreSQL; undefined where the configuration names none. */
export async function poolsStatus(
  { pgbouncer }: ServiceConfig,
  config: Config,
  tools: Tools = ofPerson(),
): Promise<PoolsStatus | undefined> {
  if (!pgbouncer?.instances) return undefined;
  const limits: PoolLimits = {
    ...pgbouncer.emergency,
    waitSeconds: config.thresholds.pgbouncerWaitMilliseconds.warning / 1000,
  };
  const first = await readInstances(pgbouncer, tools);
  const again = needsSecondLook(first, limits);
  if (again) await tools.after(secondLookSeconds * 1000).passed;
  const [instances, postgres] = await Promise.all([
    again ? readInstances(pgbouncer, tools) : first,
    readPostgres(pgbouncer, tools),
  ]);
  const seen = { instances, postgres, ...(again ? { before: first } : {}) };
  return { ...seen, findings: poolVerdict(seen, limits) };
}

/** The same in lines of at most 80 columns; a line to type is never broken. */
export function poolLines({ instances, postgres, findings }: PoolsStatus): string[] {
  const [first, ...more] = findings.map(poolAdvice);
  return [
    ...entry('PgBouncer', instances.flatMap(instanceLines)),
    ...entry('PostgreSQL', [postgresText(postgres)]),
    ...(first ? entry('Pools', [first.text], first.lines) : []),
    ...more.flatMap(({ text, lines }) => entry('', [`also: ${text}`], lines)),
  ];
}

function entry(label: string, texts: readonly string[], below: readonly PoolLine[] = []): string[] {
  const margin = ' '.repeat(column);
  const lines = [
    ...texts.flatMap(broken),
    ...below.flatMap((line) => ('say' in line ? broken(line.say) : [`  ${line.type}`])),
  ];
  return lines.map((line, index) => (index === 0 ? label.padEnd(column) : margin) + line);
}

/** A text in lines that keep its indentation. */
function broken(text: string): string[] {
  const indent = text.length - text.trimStart().length;
  return wrapped(text, width - column - indent - 2).map(
    (line, index) => ' '.repeat(indent + (index === 0 ? 0 : 2)) + line,
  );
}

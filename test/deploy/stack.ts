import { defaultPlace } from '../../sandbox/place.ts';
import { stage } from './stage.ts';

/** How the deployed stack stands, and its outputs by name. */
export interface Stack {
  status: string;
  outputs: Record<string, string>;
}

const credential = `Credential=test/20261002/${defaultPlace.region}/cloudformation/aws4_request`;

/** Asks the emulator's CloudFormation by its query protocol; the project has no client of it. */
export async function describeStack(url: string): Promise<Stack> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=none`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `Action=DescribeStacks&Version=2010-05-15&StackName=emergency-scaling-${stage}`,
  });
  const xml = await answer.text();
  const outputs = xml.matchAll(/<OutputKey>([^<]*)<\/OutputKey>\s*<OutputValue>([^<]*)<\/OutputValue>/g);
  return {
    status: /<StackStatus>([^<]*)</.exec(xml)?.[1] ?? xml,
    outputs: Object.fromEntries([...outputs].map(([, key = '', value = '']) => [key, value])),
  };
}

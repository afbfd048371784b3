import { query, textIn } from './query.ts';
import { stage } from './stage.ts';

/** How the deployed stack stands, and its outputs by name. */
export interface Stack {
  status: string;
  outputs: Record<string, string>;
}

/** Asks the emulator's CloudFormation. */
export async function describeStack(url: string): Promise<Stack> {
  const xml = await query(url, 'cloudformation', {
    Action: 'DescribeStacks',
    Version: '2010-05-15',
    StackName: `emergency-scaling-${stage}`,
  });
  const outputs = xml.matchAll(/<OutputKey>([^<]*)<\/OutputKey>\s*<OutputValue>([^<]*)<\/OutputValue>/g);
  return {
    status: textIn(xml, 'StackStatus') ?? xml,
    outputs: Object.fromEntries([...outputs].map(([, key = '', value = '']) => [key, value])),
  };
}

/** A part of AWS with accounts, ARNs and a console of its own. */
export interface Partition {
  /** As ARNs say it. */
  name: 'aws' | 'aws-cn' | 'aws-us-gov';
  /** Host of the console; a Region's name before it leads to that Region. */
  consoleHost: string;
}

/** The partition of a Region. Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names". */
export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return { name: 'aws-cn', consoleHost: 'console.amazonaws.cn' };
  if (region.startsWith('us-gov-'))
    return { name: 'aws-us-gov', consoleHost: 'console.amazonaws-us-gov.com' };
  return { name: 'aws', consoleHost: 'console.aws.amazon.com' };
}

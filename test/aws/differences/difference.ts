/** Where moto and the sandbox answer the same call differently, and the AWS document that decides who is right. */
export interface KnownDifferences {
  /** What AWS's document says, in short. */
  aws: string;
  decides: string;
  /** Who answers as the document says; `neither contradicts it` where both do. */
  right: 'sandbox' | 'neither contradicts it';
  /** Call, place in the answer, the sandbox's value, moto's. */
  rows: [call: string, path: string, sandbox: string, moto: string][];
}

/** What the tables say of values that have no short text of their own. */
export const none = 'none: it succeeds';
export const absent = 'absent';
export const structure = 'a structure';
export const elements = (count: number) => `${count} elements`;
export const role = 'arn:aws:iam::123456789012:role';

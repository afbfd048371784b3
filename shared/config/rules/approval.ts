import { oneLine } from '../../core/plain-text.ts';
import type { Config } from '../schema.ts';

interface Fault {
  path: (string | number)[];
  message: string;
}

type Approving = Pick<Config, 'environment' | 'approval'>;

/** Approvers who could be one person, and a production that nobody is asked about. Pure. */
export const approvalFaults = (config: Approving): Fault[] => [
  ...unreadable(config),
  ...same(config, 'name'),
  ...same(config, 'email'),
  ...unasked(config),
];

/** As people tell names and addresses apart: one letter may be written in several ways, and case is none. */
const plain = (text: string): string => oneLine(text.normalize('NFKC')).toLowerCase();

function same({ approval: { approvers } }: Approving, what: 'name' | 'email'): Fault[] {
  const plains = approvers.map((approver) => plain(approver[what]));
  return plains.flatMap((text, i) =>
    plains.indexOf(text) === i
      ? []
      : [
          {
            path: ['approval', 'approvers', i, what],
            message: `approvers must be different people: approval.approvers.${plains.indexOf(text)} has the same ${what}`,
          },
        ],
  );
}

function unreadable({ approval: { approvers } }: Approving): Fault[] {
  return approvers.flatMap(({ name }, i) =>
    oneLine(name) === name
      ? []
      : [
          {
            path: ['approval', 'approvers', i, 'name'],
            message: 'must be one line without invisible characters and without blanks around it',
          },
        ],
  );
}

const isProduction = (environment: string) => /(^|-)(prod|prd|production|live)(-|$)/.test(environment);

function unasked({ environment, approval }: Approving): Fault[] {
  if (approval.requiredForScaleIn || approval.scaleInWithoutApproval || !isProduction(environment)) return [];
  const message =
    'false takes tasks from production without asking anybody; if you mean it, say approval.scaleInWithoutApproval: true as well';
  return [{ path: ['approval', 'requiredForScaleIn'], message }];
}

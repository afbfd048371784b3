/** What the steps of a run do. */
export const stepKinds = ['read', 'decide', 'record', 'write', 'ask', 'tell', 'watch', 'wait'] as const;
export type StepKind = (typeof stepKinds)[number];

/** What a function does, by its file name. */
export const kindOfFunction: Readonly<Record<string, StepKind>> = {
  intake: 'read',
  assess: 'read',
  'wait-verify': 'read',
  'read-pools': 'read',
  'check-redis': 'read',
  'read-autoscaling': 'read',
  plan: 'decide',
  'open-incident': 'record',
  'take-snapshot': 'record',
  'close-incident': 'record',
  'register-target': 'write',
  'scale-out': 'write',
  'put-policy': 'write',
  'put-autoscaling': 'write',
  'tune-pools': 'write',
  'relieve-redis': 'write',
  'scale-in': 'write',
  rollback: 'write',
  'request-approval': 'ask',
  'remind-approvers': 'ask',
  approval: 'ask',
  notify: 'tell',
  'watch-executions': 'watch',
};

import type { MetricSources } from '../../shared/config/monitoring.ts';
import type { Config } from '../../shared/config/schema.ts';

/** What a new stage is for. */
export type Kind = 'production' | 'staging';

type Approval = Pick<Config['approval'], 'requiredForScaleIn' | 'approvalsNeeded' | 'requesterMayApprove'>;

/** Who has to agree before anything is scaled in, as in this project's own `config/production.yml` and `config/staging.yml`. */
export const approvalOf: Record<Kind, Approval> = {
  production: { requiredForScaleIn: true, approvalsNeeded: 2, requesterMayApprove: false },
  staging: { requiredForScaleIn: false, approvalsNeeded: 1, requesterMayApprove: true },
};

/** What stands in the new file; `null` is what only a person knows: the key is written with nothing behind it. */
export interface Draft {
  name: string;
  region: string;
  kind: Kind;
  cluster: string;
  service: string;
  loadBalancer: string | null | undefined;
  targetGroup: string | undefined;
  alternateTargetGroup: string | undefined;
  customNamespace: string;
  taskRoles: string[];
  cpuMetricSeconds: 20 | 60;
  metrics: MetricSources;
  baseline: { desired: number; min: number; max: number };
  emergency: { min: number; max: number };
  requestsPerMinute: number | null;
  taskQuota: number | null;
  cpuPolicy: { name: string; baseline: CpuTarget; emergency: CpuTarget };
  latencyPolicy: Policy | undefined;
  requestPolicy: Policy | undefined;
  requestRate: { warning: number | null; critical: number | null };
  approval: (typeof approvalOf)[Kind] & {
    sender: string | null;
    approvers: { name: string; email: string }[] | null;
  };
  contacts: Record<'primaryOnCall' | 'devOpsLead' | 'infrastructure', string | null>;
  /** What the comments say besides. */
  hints: { busiestMinute: number | undefined; cpuUnits: number | undefined; fargate: boolean };
}

export interface CpuTarget {
  target: number;
  scaleOutCooldownSeconds: number;
  scaleInCooldownSeconds: number;
}
type Policy = CpuTarget & { name: string };

/** What is asked for: the stage and the service. */
export interface Wanted {
  name: string;
  region: string;
  kind: Kind;
  cluster: string;
  service: string;
}

/** What names the load balancer and the target groups. */
export type Balanced = Pick<Draft, 'loadBalancer' | 'targetGroup' | 'alternateTargetGroup'>;

/** One line of what the person is told of the file. */
export interface Told {
  state: 'found' | 'assumed' | 'left out' | 'to fill in';
  /** As in the file; below the entry of the service its key stands alone. */
  key: string;
  value: string;
  why: string;
}

import { z } from 'zod';
import { writeAbsolute } from '../shared/absolute-write.ts';
import { cpuPolicyOf, deletePolicy, readPolicies, writeCpuPolicy } from '../shared/aws/autoscaling.ts';
import { autoscaling, store } from '../shared/aws/clients.ts';
import { serviceConfig } from '../shared/config.ts';
import { Incident, Plan, Request } from '../shared/document.ts';
import { assertLock } from '../shared/incident.ts';
import { lambda, step } from '../shared/lambda.ts';
import type { Tools } from '../shared/tools.ts';

/**
 * Runbook Step 3 and its reset: the CPU policy, changed in place under its own name (AWS allows one policy per
 * metric). `restore` also removes the runbook's temporary policy where one is found.
 */
export const putPolicy = step({
  name: 'put-policy',
  input: z.object({
    mode: z.enum(['raise', 'restore']),
    document: z.object({ request: Request, incident: Incident, plan: Plan }),
  }),
  async run({ mode, document: { request, incident, plan } }, tools: Tools<'autoscaling' | 'store'>) {
    const policies = await readPolicies(tools.autoscaling, incident.service);
    const wanted = plan.cpuPolicy?.to;
    await assertLock(incident, tools.store);
    const change =
      plan.cpuPolicy && wanted
        ? await writeAbsolute({
            what: `policy ${plan.cpuPolicy.to.name}`,
            ...plan.cpuPolicy,
            present: cpuPolicyOf(policies),
            dryRun: request.dryRun,
            write: () => writeCpuPolicy(tools.autoscaling, incident.service, wanted),
          })
        : { changed: false, from: null, to: null, reasons: ['no CPU policy to change'] };
    const { temporaryName } = serviceConfig(tools.config, request.service).cpuPolicy;
    const temporary = policies.some(
      (policy) => policy.PolicyName === temporaryName && temporaryName !== plan.cpuPolicy?.to.name,
    );
    if (mode === 'restore' && temporary && !request.dryRun) {
      await deletePolicy(tools.autoscaling, incident.service, temporaryName);
      change.reasons.push(`removed the temporary policy ${temporaryName}`);
    }
    tools.log.info('put-policy', { mode, ...change });
    return change;
  },
});

export const handler = lambda(putPolicy, { autoscaling, store });

import * as v from 'valibot';
import { states, store } from '../shared/aws/clients.ts';
import { isRunning } from '../shared/aws/step-functions.ts';
import { documentWith } from '../shared/document/document.ts';
import { machines } from '../shared/document/request.ts';
import { openIncident as open } from '../shared/incident/open.ts';
import type { StepContext } from '../shared/lambda/context.ts';
import { lambda, step } from '../shared/lambda/step.ts';
import { recordTrials } from '../shared/preflight/records.ts';
import { executionTrials } from '../shared/preflight/states.ts';
import { tried } from '../shared/preflight/trials.ts';

/** Takes the service's lock, joins the run that holds it, or says why neither is possible (one run per service). */
export const openIncident = step({
  name: 'open-incident',
  input: v.object({ document: documentWith('request') }),
  async run({ document: { request } }, context: StepContext<'states' | 'store'>) {
    const incident = await open(request, context.store, context.config, (arn) =>
      isRunning(context.states, arn),
    );
    context.log.info(`incident ${incident.status}`, { ...incident });
    return incident;
  },
  preflight: (ask, context: StepContext<'states' | 'store'>) =>
    tried(
      'open-incident',
      [
        ...recordTrials(context.store, ask, { writes: ['service'] }),
        ...executionTrials(context.states, ask, machines),
      ],
      context,
    ),
});

export const handler = lambda(openIncident, { states, store });

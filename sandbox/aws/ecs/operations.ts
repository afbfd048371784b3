import type { Operations } from '../input.ts';
import type { Recorder } from '../settings.ts';
import type { Site } from '../site.ts';
import { deploymentOperations, locateDeployment, locatePause } from './deployments.ts';
import { beforeWrite } from './lag.ts';
import { serviceOperations } from './services.ts';
import { serviceShape } from './shapes.ts';
import { taskDefinitionOperations } from './task-definitions.ts';
import { taskOperations } from './tasks.ts';
import { prepareUpdate } from './update-service.ts';

/** The ECS operations over the simulated world. */
export function ecsOperations(site: Site, recorded: Recorder): Operations {
  return {
    ...serviceOperations(site),
    ...taskOperations(site),
    ...taskDefinitionOperations(site),
    ...deploymentOperations(site),

    UpdateService(input, caller) {
      const { service, apply } = prepareUpdate(site, input);
      beforeWrite(site, service);
      recorded('ecs:UpdateService', service, caller, apply);
      return { service: serviceShape(site, service) };
    },

    StopServiceDeployment(input, caller) {
      const { service, arn } = locateDeployment(site, input);
      beforeWrite(site, service);
      recorded('ecs:StopServiceDeployment', service, caller, () => service.rollBackDeployment());
      return { serviceDeploymentArn: arn };
    },

    ContinueServiceDeployment(input, caller) {
      const { service, arn, action } = locatePause(site, input);
      beforeWrite(site, service);
      recorded('ecs:ContinueServiceDeployment', service, caller, () => service.endPause(action));
      return { serviceDeploymentArn: arn };
    },
  };
}

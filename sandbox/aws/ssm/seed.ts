import type { Config } from '../../../shared/config/schema.ts';
import { cacheSecrets, poolAdminSecrets, poolSecrets } from '../../../shared/config/servers/address.ts';
import { RELIEVER } from '../../cache/asking.ts';
import { ADMIN, loginOf } from '../../pools/asking.ts';
import type { Parameters } from './parameters.ts';

/** The kill switch's parameter, as resources/switch.yml names it. */
export const switchName = ({ environment }: Config): string => `/emergency-scaling/${environment}/switch`;

const sandboxChatUrl = 'https://chat.invalid/hooks/sandbox';

/** What the stack and docs/deployment.md have made of parameters: the switch, which is on, and made-up secrets. */
export function seedParameters(parameters: Parameters, config: Config): void {
  parameters.put(switchName(config), 'on');
  const { notices, alertmanager } = config;
  const secret = (name: string, value = `sandbox-value-of-${name}`) =>
    parameters.put(name, value, { type: 'SecureString', overwrite: true });
  for (const name of [notices.pagerDuty.routingKeySecret, ...alertmanager.tokenSecrets]) secret(name);
  secret(notices.chat.urlSecret, sandboxChatUrl);
  for (const { pgbouncer, cache } of Object.values(config.services)) {
    for (const name of [...poolSecrets(pgbouncer), ...cacheSecrets(cache)])
      secret(name, loginOf('reader', name));
    for (const name of poolAdminSecrets(pgbouncer)) secret(name, loginOf(ADMIN, name));
    if (cache?.reliefSecret) secret(cache.reliefSecret, loginOf(RELIEVER, cache.reliefSecret));
  }
}

import type { Resources } from '../lambda/context.ts';
import { notTried, once, type Trial } from './trials.ts';

/** Reads the switch, and whether it is on. */
export const switchTrial = ({ isOn }: Resources['switch']): Trial => ({
  check: 'ssm:GetParameter',
  on: 'switch',
  async try() {
    return (await isOn()) ? undefined : { configured: 'on', found: 'off' };
  },
});

/** Reads secrets by the names of their parameters; what they hold is not shown. */
export const secretTrials = ({ read }: Resources['secrets'], names: readonly string[]): Trial[] =>
  names.map((on) => ({
    check: 'ssm:GetParameter',
    on,
    async try() {
      await read(on);
      return undefined;
    },
  }));

/**
 * The webhook's tokens. One is enough: the other is made for a rotation and deleted after it, so a preflight is not red for
 * want of it. Where nobody has made any, alerts start nothing, and each name is told.
 */
export function tokenTrials(secrets: Resources['secrets'], names: readonly string[]): Trial[] {
  const readable = once(() =>
    Promise.any(names.map((name) => secrets.read(name))).then(
      () => true,
      () => false,
    ),
  );
  return secretTrials(secrets, names).map((trial) => ({
    ...trial,
    async try() {
      try {
        return await trial.try();
      } catch (error) {
        const missing = error instanceof Error && error.name === 'ParameterNotFound';
        if (missing && (await readable())) return { notTried: 'one-is-enough' };
        throw error;
      }
    },
  }));
}

/** The secret of a channel that is switched off is needed by nobody. */
export const channelSecret = (secrets: Resources['secrets'], enabled: boolean, name: string): Trial[] =>
  enabled ? secretTrials(secrets, [name]) : [{ ...notTried('ssm:GetParameter', 'channel-off'), on: name }];

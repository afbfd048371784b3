import type { Resources } from '../lambda/context.ts';
import { notTried, type Trial } from './trials.ts';

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

/** The secret of a channel that is switched off is needed by nobody. */
export const channelSecret = (secrets: Resources['secrets'], enabled: boolean, name: string): Trial[] =>
  enabled ? secretTrials(secrets, [name]) : [{ ...notTried('ssm:GetParameter', 'channel-off'), on: name }];

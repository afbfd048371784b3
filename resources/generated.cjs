const { readStage } = require('../stage.cjs');
const { alarmBus } = require('./accounts/bus.ts');
const { withServicesOf } = require('./accounts/services.ts');
const { dashboard } = require('./dashboard.ts');
const { nestedStacks } = require('./large/stacks.ts');
const { sharesOf } = require('./large/shares.ts');
const { serviceAlarms } = require('./service-alarms.ts');

/** What the stacks in other accounts are given. */
const asked = {
  EmergencyScalingMachine: {
    Description: 'The state machine that an alarm starts; the stacks of other accounts ask for it',
    Value: { Ref: 'EmergencyScaling' },
  },
};

/** Alarms, rules and the dashboard, made from the configuration. Called by osls for `${file(resources/generated.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const config = readStage(await resolveVariable('sls:stage'));
  const own = withServicesOf(undefined, config);
  const [{ config: here }] = sharesOf(own);
  const made = {
    Resources: {
      ...serviceAlarms(here),
      ...nestedStacks(own),
      ...alarmBus(config),
      Dashboard: dashboard(here),
    },
  };
  return Object.keys(config.accounts).length > 0 ? { ...made, Outputs: asked } : made;
};

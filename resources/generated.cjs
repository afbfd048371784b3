const { readStage } = require('../stage.cjs');
const { dashboard } = require('./dashboard.ts');
const { serviceAlarms } = require('./service-alarms.ts');

/** Alarms, rules and the dashboard, made from the configuration. Called by osls for `${file(resources/generated.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const config = readStage(await resolveVariable('sls:stage'));
  return { Resources: { ...serviceAlarms(config), Dashboard: dashboard(config) } };
};

/**
 * A plugin of osls. Reserves for the functions that anybody may call what `reservedConcurrency` in `config/` says, in place of
 * what serverless.yml has.
 */
module.exports = class ReservedConcurrency {
  constructor(serverless) {
    this.hooks = {
      // Before they are compiled: osls makes a new version of a function only where it sees that it changes.
      'before:package:compileFunctions': () => {
        const { functions, custom } = serverless.service;
        for (const [name, reserved] of Object.entries(custom.stage.reservedConcurrency ?? {})) {
          if (reserved === 'none') delete functions[name].reservedConcurrency;
          else functions[name].reservedConcurrency = reserved;
        }
      },
    };
  }
};

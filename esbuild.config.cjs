const { readStage } = require('./stage.cjs');

/** How serverless-esbuild bundles each function. Called by osls for `${file(esbuild.config.cjs)}`. */
module.exports = async ({ resolveVariable }) => ({
  bundle: true,
  minify: true,
  // Step Functions matches errors by their class's name.
  keepNames: true,
  sourcemap: false,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outputFileExtension: '.mjs',
  mainFields: ['module', 'main'],
  // pg is CommonJS, and asks for Node's own modules by require.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  // Lambda's own SDK is older and changes without us: ours goes into the bundle.
  exclude: [],
  // A run's configuration is that of its code: it changes with a deployment, never in between.
  define: {
    'process.env.EMERGENCY_SCALING_CONFIG': JSON.stringify(
      JSON.stringify(readStage(await resolveVariable('sls:stage'))),
    ),
  },
});

import { Hono } from 'hono';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { webhookRoutes } from '../../sandbox/webhook/routes.ts';

/** A page with what the text format allows and clients rarely send. */
export const oddPage = `# HELP odd_total Escapes: \\\\ and \\n.
# TYPE odd_total counter
odd_total{path="C:\\\\a\\nb",quote="say \\"hi\\", {you}",} 1.5e3
odd_total { path = "" , quote="ü" } 3
# An ordinary comment.
odd_bare -0.25
odd_infinite +Inf
odd_small{a="1"} 1e-07
`;

/** What the programs ask of the sandbox: the tasks to scrape, their pages, PgBouncer's exporter, and the webhook. */
export function pages(sandbox: Sandbox, port: number): Hono {
  const { cluster, service: name } = sandbox.service;
  const service = () => {
    sandbox.world.advance();
    const found = sandbox.world.service(cluster, name);
    if (!found) throw new Error(`the world has no service ${name}`);
    return found;
  };
  const routes = new Hono();
  routes.get('/targets', (context) =>
    context.json(
      service()
        .tasks.filter((task) => task.healthy)
        .map(({ id }) => ({
          targets: [`127.0.0.1:${port}`],
          labels: { __metrics_path__: `/tasks/${id}/metrics`, task: id },
        })),
    ),
  );
  routes.get('/tasks/:id/metrics', (context) => context.text(service().metricsPage(context.req.param('id'))));
  routes.get('/pgbouncer/metrics', (context) => context.text(service().pgbouncerPage()));
  routes.get('/odd/metrics', (context) => context.text(oddPage));
  return routes.route(
    '/',
    webhookRoutes(() => sandbox),
  );
}

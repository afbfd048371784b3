/** The face of a simulated service: what others may read and do. */

import { cacheNow } from './metrics/cache.ts';
import { minuteStatistic, readDatapoints } from './metrics/datapoints.ts';
import { answerHealth } from './metrics/health.ts';
import { metricsPage, pgbouncerPage } from './metrics/metrics-page.ts';
import { nextPoolServer } from './model/database-pool.ts';
import { enoughTasksAt, secondsAbove } from './model/measures.ts';
import { requireCount } from './model/options.ts';
import type { ServiceState, Task } from './model/state.ts';
import { conditionsAt, monitoringFaultAt } from './model/troubles.ts';
import type { SimulatedService } from './model/types.ts';
import { endPause, primaryOf, rollBack, startDeployment } from './tasks/deployments.ts';
import { databasePools } from './traffic/database-pools.ts';

/** The face of a service. `advance` is called before every look at it. */
export function serviceView(state: ServiceState, advance: () => void): SimulatedService {
  const current = (): ServiceState => {
    advance();
    return state;
  };
  const count = (pick: (task: Task) => boolean): number => current().tasks.filter(pick).length;
  return {
    cluster: state.settings.cluster,
    name: state.settings.name,
    status: 'ACTIVE',
    get desiredCount() {
      return current().desiredCount;
    },
    get runningCount() {
      return count((task) => task.lastStatus === 'RUNNING');
    },
    get pendingCount() {
      return count(
        ({ lastStatus, desiredStatus }) => lastStatus !== 'RUNNING' && desiredStatus === 'RUNNING',
      );
    },
    get taskDefinition() {
      return primaryOf(current()).taskDefinition;
    },
    get taskDefinitions() {
      return current().taskDefinitions;
    },
    get tasks() {
      return current().tasks;
    },
    get deployments() {
      return current().deployments;
    },
    get history() {
      return current().history;
    },
    get events() {
      return current().events;
    },
    setDesiredCount(desiredCount) {
      requireCount(desiredCount);
      const primary = primaryOf(current());
      if (desiredCount === state.desiredCount) return;
      state.desiredCount = desiredCount;
      primary.desiredCount = desiredCount;
      primary.updatedAt = state.time;
    },
    deploy(taskDefinition) {
      startDeployment(current(), taskDefinition);
    },
    rollBackDeployment() {
      rollBack(current(), 'stopped');
    },
    endPause(action) {
      endPause(current(), action);
    },
    get deploymentConfiguration() {
      const { minimumHealthyPercent, maximumPercent, troubles } = current().settings;
      const pauses = conditionsAt(troubles, (state.time - state.start) / 1000).deploymentPause !== undefined;
      return { minimumHealthyPercent, maximumPercent, pauses };
    },
    datapoints(metric, statistic, periodSeconds, from, to) {
      return readDatapoints(current(), { metric, statistic, periodSeconds, from, to });
    },
    health(endpoint) {
      return answerHealth(current(), endpoint);
    },
    minute(metric, statistic, at) {
      return minuteStatistic(current(), metric, statistic, at);
    },
    metricsPage(taskId) {
      return metricsPage(current(), taskId);
    },
    pgbouncerPage() {
      return pgbouncerPage(current());
    },
    databasePools() {
      return databasePools(current());
    },
    get poolSizes() {
      const { poolServers, settings } = current();
      // Beside each task they come and go with it, and are no setting of the service.
      return settings.dbPool.sidecar ? [] : poolServers.map((server) => ({ ...server.settings }));
    },
    setPool(server, setting, value) {
      const found = current().poolServers[server];
      if (found) found.settings[setting] = value;
    },
    restartPool(server) {
      const { poolServers, settings } = current();
      const found = poolServers[server];
      // In place of a task ECS starts another one.
      if (found && settings.dbPool.service)
        poolServers.splice(server, 1, nextPoolServer(settings.dbPool, poolServers));
      else if (found) found.settings = { ...found.file };
    },
    joinPool() {
      const { poolServers, settings } = current();
      poolServers.push(nextPoolServer(settings.dbPool, poolServers));
    },
    poolService: state.settings.dbPool.service,
    cache() {
      return cacheNow(current());
    },
    monitoringFault(at) {
      const found = monitoringFaultAt(state.settings.troubles, (at - state.start) / 1000);
      return found && { ...found, from: state.start + found.from * 1000 };
    },
    measures(p99LimitSeconds) {
      const { measures } = current();
      return {
        secondsAboveLatencyThreshold: secondsAbove(measures, p99LimitSeconds),
        overProvisionedTaskSeconds: measures.overProvisionedTaskSeconds,
        enoughTasksAt: (since) => enoughTasksAt(measures, since),
      };
    },
  };
}

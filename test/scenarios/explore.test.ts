import { it } from '@jest/globals';
import { play, asPerson, reaching } from './harness.ts';
const names = { cluster: 'buywhere-production', service: 'buywhere-api' };
const show = (name: string, { report }: any) => console.log(name, report.outcome, JSON.stringify(report.reasons), JSON.stringify(report.after), report.writes.map((w: any) => `${w.at.slice(11,19)} ${w.who} ${w.call} ${JSON.stringify(w.to)}`).join('\n'), report.executions.map((e: any) => `${e.stateMachine} ${e.status} ${e.error} ${e.states.at(-1)}`).join('\n'));
it('a', async () => {
  const t = performance.now();
  show('spike', await play());
  console.log(performance.now() - t);
  show('person during wait', await play({ meanwhile: async (s) => { await reaching(s, 'emergency-scaling', 'Wait for the tasks'); await asPerson(s, 'AmazonEC2ContainerServiceV20141113.UpdateService', { ...names, desiredCount: 5 }); } }));
  show('person during scale-in', await play({ meanwhile: async (s) => { await reaching(s, 'scale-in', 'Wait for the cooldown'); await asPerson(s, 'AmazonEC2ContainerServiceV20141113.UpdateService', { ...names, desiredCount: 9 }); } }));
  show('person bounds before raise', await play({ meanwhile: async (s) => { await reaching(s, 'emergency-scaling', 'Tell people that it started'); await asPerson(s, 'AnyScaleFrontendService.RegisterScalableTarget', { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount', ResourceId: 'service/buywhere-production/buywhere-api', MinCapacity: 3, MaxCapacity: 15 }); } }));
}, 60000);

import {
  dependenciesContract,
  metricsContract,
  metricsWorld,
  tracesWorld,
  worldNow,
} from '@devops-mcp/domain/contract-tests';
import { lacks } from '@devops-mcp/testing';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { scrapedMinutes, serviceGraph } from './open-metrics.js';
import { openPorts, type Ports, type Store, stores } from './stores.js';

const hourMs = 3_600_000;

describe.each(stores)('prometheus keeps the contract over $name', ({ programs, fill }) => {
  describe.skipIf(lacks(...programs))('of', () => {
    const open: { metrics?: Store; dependencies?: Store } = {};
    const ports = new Map<'metrics' | 'dependencies', Ports>();
    beforeAll(async () => {
      open.metrics = await fill(scrapedMinutes(metricsWorld()));
      const from = new Date(worldNow.getTime() - 3 * hourMs);
      open.dependencies = await fill(serviceGraph(tracesWorld(), from, worldNow));
      ports.set('metrics', await openPorts({ address: open.metrics.address }));
      ports.set('dependencies', await openPorts({ address: open.dependencies.address }));
    }, 60_000);
    afterAll(async () => {
      await open.metrics?.close();
      await open.dependencies?.close();
    });
    const opened = (name: 'metrics' | 'dependencies'): Ports => {
      const found = ports.get(name);
      if (found === undefined) throw new Error('the store was not started');
      return found;
    };
    for (const contractCase of [
      ...metricsContract(async () => opened('metrics').metrics),
      ...dependenciesContract(async () => opened('dependencies').dependencies),
    ])
      it(contractCase.name, contractCase.run);
  });
});

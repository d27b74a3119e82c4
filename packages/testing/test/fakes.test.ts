import { logsContract, logsWorld, tracesContract, tracesWorld } from '@devops-mcp/domain/contract-tests';
import { describe, it } from 'vitest';
import { fakeLogs, fakeTraces } from '../src/index.js';

const lines = logsWorld().map((given, place) => ({
  time: given.time,
  service: given.service,
  instance: given.instance,
  level: given.level,
  message: given.message,
  traceId: given.traceId ?? null,
  spanId: null,
  attributes: {
    'service.version': given.version,
    ...(given.exceptionType ? { 'exception.type': given.exceptionType } : {}),
  },
  position: String(place),
}));

describe('the fakes keep the contract of', () => {
  for (const contractCase of [
    ...logsContract(async () => fakeLogs(lines)),
    ...tracesContract(async () => fakeTraces(tracesWorld())),
  ])
    it(contractCase.name, contractCase.run);
});

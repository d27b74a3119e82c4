export { type ContractTest, callContext, minutesBefore, worldNow } from './contract-test.js';
export { type GivenLog, logsWorld, testLogsPort } from './logs.js';
export { type GivenMinute, metricsWorld, testDependenciesPort, testMetricsPort } from './metrics.js';
export { testTracesPort, tracesWorld } from './traces.js';

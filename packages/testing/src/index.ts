export * from './fakes/alerts.js';
export * from './fakes/call-tool.js';
export * from './fakes/deployments.js';
export * from './fakes/logs.js';
export * from './fakes/metrics.js';
export * from './fakes/services.js';
export * from './fakes/traces.js';

export * from './alerts.js';
export * from './contract-case.js';
export * from './deployments.js';
export * from './knowledge.js';
export * from './on-call.js';
